-- What a release on trial in the shadow of the current one answered, compared with the current answer.
CREATE TABLE comparisons (
  hospital TEXT NOT NULL REFERENCES hospitals (id),
  release TEXT NOT NULL,
  trial TEXT NOT NULL,
  at TEXT NOT NULL,
  dice REAL NOT NULL
);
CREATE INDEX comparisons_by_trial ON comparisons (hospital, release, trial);
