-- Hospitals: by which release each is served. `version` counts promotions and is the etag of the current release.
CREATE TABLE hospitals (
  id TEXT PRIMARY KEY NOT NULL,
  title TEXT NOT NULL,
  created TEXT NOT NULL,
  removed TEXT,
  release TEXT,
  version INTEGER NOT NULL DEFAULT 0,
  trial_release TEXT,
  trial_kind TEXT CHECK (trial_kind IN ('canary', 'shadow')),
  trial_share REAL CHECK (trial_share BETWEEN 0 AND 1),
  -- What a folder of releases last said is current: it is not said again.
  imported TEXT,
  annotation_days INTEGER NOT NULL DEFAULT 3650 CHECK (annotation_days > 0),
  audit_days INTEGER NOT NULL DEFAULT 3650 CHECK (audit_days > 0),
  -- Identity provider of the hospital's apps: whose tokens are taken instead of keys.
  issuer TEXT,
  audience TEXT,
  jwks TEXT,
  token_scopes TEXT
);
CREATE UNIQUE INDEX hospitals_by_issuer ON hospitals (issuer, audience);

-- Keys as salted hashes: enough to recognise one, not enough to use it.
CREATE TABLE keys (
  hospital TEXT NOT NULL REFERENCES hospitals (id),
  id TEXT NOT NULL,
  salt TEXT NOT NULL,
  hash TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created TEXT NOT NULL,
  expires TEXT,
  revoked TEXT,
  PRIMARY KEY (hospital, id)
);

-- Releases that a hospital may be served by; their bytes are in R2.
CREATE TABLE releases (
  hospital TEXT NOT NULL REFERENCES hospitals (id),
  release TEXT NOT NULL,
  added TEXT NOT NULL,
  PRIMARY KEY (hospital, release)
);

-- Each promotion or roll back that took place.
CREATE TABLE promotions (
  hospital TEXT NOT NULL REFERENCES hospitals (id),
  version INTEGER NOT NULL,
  release TEXT NOT NULL,
  at TEXT NOT NULL,
  by TEXT NOT NULL,
  PRIMARY KEY (hospital, version)
);

-- What a hospital says of a persona that differs from its release: another title, or that it is no longer asked.
CREATE TABLE personas (
  hospital TEXT NOT NULL REFERENCES hospitals (id),
  id TEXT NOT NULL,
  title TEXT,
  retired TEXT,
  PRIMARY KEY (hospital, id)
);
