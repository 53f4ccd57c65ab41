-- How often a statistic of images and answers fell into a bin on a day: see shared/src/drift/histogram.ts. Counts alone:
-- no request, no image and nobody can be told from them.
CREATE TABLE drift (
  hospital TEXT NOT NULL REFERENCES hospitals (id),
  release TEXT NOT NULL,
  statistic TEXT NOT NULL,
  day TEXT NOT NULL,
  bin INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (hospital, release, statistic, day, bin)
) WITHOUT ROWID;
