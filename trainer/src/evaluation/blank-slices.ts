import type { Batch } from '../data/batch.ts';
import { evaluationBatches } from '../data/batches.ts';
import type { Dataset, Sample } from '../data/sample.ts';

/** Slices asked at once. */
const BATCH = 16;

/**
 * The slices without an outline of the volumes that these samples are of. None where the model looks around what was
 * outlined: where it would look on other slices is not known.
 */
export function blankSlices(dataset: Dataset, samples: readonly Sample[]): AsyncIterable<Batch> {
  const volumes = new Set(samples.map(({ place }) => place?.volume));
  const blanks = dataset.frame === 'lesion' ? [] : dataset.blanks;
  return evaluationBatches(
    dataset,
    blanks.filter(({ place }) => volumes.has(place?.volume)),
    BATCH,
  );
}
