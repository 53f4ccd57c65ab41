-- Readers' own outlines. `changed` counts all annotations and withdrawals of a hospital: who knows up to which number
-- has to ask only for what came later. Pixels are in R2, below annotations/<hospital>/.
CREATE TABLE annotations (
  hospital TEXT NOT NULL REFERENCES hospitals (id),
  id TEXT NOT NULL,
  changed INTEGER NOT NULL,
  persona TEXT NOT NULL,
  title TEXT,
  patient TEXT NOT NULL,
  height INTEGER NOT NULL,
  width INTEGER NOT NULL,
  image TEXT NOT NULL,
  mask TEXT NOT NULL,
  received TEXT NOT NULL,
  by TEXT NOT NULL,
  withdrawn TEXT,
  PRIMARY KEY (hospital, id)
);
CREATE UNIQUE INDEX annotations_by_change ON annotations (hospital, changed);
