-- Who asked for what, and what became of it. Rows are only added, and removed when their time is over: see `expires`.
CREATE TABLE audit (
  hospital TEXT NOT NULL,
  at TEXT NOT NULL,
  request TEXT NOT NULL,
  who TEXT NOT NULL,
  action TEXT NOT NULL,
  persona TEXT,
  subject TEXT,
  release TEXT,
  status INTEGER NOT NULL
);
CREATE INDEX audit_by_time ON audit (hospital, at);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit is append-only');
END;

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN OLD.at > (
  SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(at), '-' || h.audit_days || ' days')
  FROM hospitals AS h, audit AS latest WHERE h.id = OLD.hospital AND latest.hospital = OLD.hospital
)
BEGIN
  SELECT RAISE(ABORT, 'the audit is kept for as long as the hospital says');
END;
