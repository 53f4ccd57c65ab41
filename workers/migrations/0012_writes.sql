-- What a request did under an idempotency key, so that the same request again is told the same. `answer` is sealed with
-- a key that only the caller has: an answer may hold a new API key.
CREATE TABLE idempotency (
  owner TEXT NOT NULL,
  digest TEXT NOT NULL,
  request TEXT NOT NULL,
  at TEXT NOT NULL,
  answer TEXT,
  PRIMARY KEY (owner, digest)
);
CREATE INDEX idempotency_by_time ON idempotency (at);

-- Which request made a promotion: the same one again finds it done.
ALTER TABLE promotions ADD COLUMN once TEXT;

-- Which objects each release needs, so that what none needs can be told without reading all manifests.
CREATE TABLE release_parts (
  release TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (release, key)
);
CREATE INDEX release_parts_by_key ON release_parts (key);

-- When an orphan was chosen to be erased: a row that would name it just then is refused.
ALTER TABLE orphans ADD COLUMN erasing TEXT;

-- By the objects that rows name: see workers/src/reconcile/named-objects.ts, which spells them the same.
CREATE INDEX annotations_by_image ON annotations ('annotations/' || hospital || '/images/' || image || '.png')
  WHERE withdrawn IS NULL;
CREATE INDEX annotations_by_mask ON annotations ('annotations/' || hospital || '/masks/' || mask || '.png')
  WHERE withdrawn IS NULL;
CREATE INDEX annotations_by_time ON annotations (hospital, received) WHERE withdrawn IS NULL;
CREATE INDEX releases_by_manifest ON releases ('releases/' || release || '/manifest.json');

-- Measured from now, not from the latest entry: of a hospital that asks for nothing any more, the audit ends too.
DROP TRIGGER audit_is_kept;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN OLD.at > (
  SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || audit_days || ' days', '+1 hour')
  FROM hospitals WHERE id = OLD.hospital
)
BEGIN
  SELECT RAISE(ABORT, 'the audit is kept for as long as the hospital says');
END;
