-- Since when a trial runs: what an earlier one showed is no evidence for it.
ALTER TABLE hospitals ADD COLUMN trial_started TEXT;
