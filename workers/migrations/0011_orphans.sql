-- Stored pixels that no annotation named on some night: removed on a later one if still none does.
CREATE TABLE orphans (
  key TEXT PRIMARY KEY NOT NULL,
  seen TEXT NOT NULL
);
