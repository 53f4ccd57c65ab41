import { Random } from '@d-persona/shared/random.ts';
import { evaluationBatches, TrainingBatches } from '../data/batches.ts';
import type { Dataset, Sample } from '../data/sample.ts';
import { byCodeUnits } from '../data/source/source.ts';
import { splitByPatient } from '../data/split.ts';
import type { RunConfig } from '../run/config.ts';
import type { RunData, SplitPart } from '../run/run-data.ts';

const EVALUATION_BATCH = 16;
/** Share of the patients outside a fold that settings are chosen on. */
const VALIDATION = 0.12;

/**
 * Patients divided into folds: each patient is tested in exactly one. One fold is the split that every run has.
 *
 * @param seed of the split: the same for all rows and seeds of a table
 * @param fold from 0
 */
export function foldSplit(
  samples: readonly Sample[],
  seed: number,
  fold: number,
  folds: number,
): Readonly<Record<SplitPart, readonly Sample[]>> {
  if (folds === 1) return splitByPatient(samples, seed);
  const patients = [...new Set(samples.map(({ patient }) => patient))].sort(byCodeUnits);
  const shuffled = new Random(seed).fork('folds').shuffle(patients);
  const test = new Set(shuffled.filter((_, i) => i % folds === fold));
  const others = shuffled.filter((patient) => !test.has(patient));
  const validation = new Set(others.slice(0, Math.max(1, Math.round(VALIDATION * others.length))));
  const pick = (has: (patient: string) => boolean) => samples.filter(({ patient }) => has(patient));
  return {
    train: pick((patient) => !test.has(patient) && !validation.has(patient)),
    validation: pick((patient) => validation.has(patient)),
    test: pick((patient) => test.has(patient)),
  };
}

/** The data of one run of a table. The order of batches and the augmentation follow from the run's seed. */
export function foldData(
  dataset: Dataset,
  { seed, augmentation }: RunConfig,
  split: RunData['split'],
): RunData {
  const training = new TrainingBatches(dataset, split.train, augmentation);
  return {
    dataset,
    split,
    training: ({ settings }, fromStep) => training.from(fromStep, { batch: settings.batch, seed }),
    whole: (part, limit = Number.POSITIVE_INFINITY) =>
      evaluationBatches(dataset, split[part].slice(0, limit), EVALUATION_BATCH),
  };
}
