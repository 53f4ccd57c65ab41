import { Random } from '@d-persona/shared/random.ts';
import { z } from 'zod';
import { mean } from './metrics/present.ts';

/** A mean over images with its interval over patients. Null where there is nothing, or one patient only, to tell. */
export const estimateSchema = z.strictObject({
  mean: z.number().nullable(),
  /** Lower end of the 95 % interval. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Images that had a value. */
  images: z.int().nonnegative(),
  /** Patients that these images are of: the independent units. */
  patients: z.int().nonnegative(),
});
export type Estimate = z.infer<typeof estimateSchema>;

export interface BootstrapOptions {
  readonly seed: number;
  /** Times that the patients are drawn anew; 2000 if left out. */
  readonly resamples?: number;
}

const LEVEL = 0.95;

/**
 * Mean of per-image values with a percentile bootstrap interval (Efron 1979) over **patients**: whole patients are
 * drawn with replacement, since the images of one patient resemble each other. With few patients (under some
 * twenty) such an interval is rather too narrow than too wide.
 * @param values one an image; NaN (a missing rater, say) leaves the image out.
 * @param patients whose image it is, in the same order.
 */
export function bootstrapMean(
  values: readonly number[],
  patients: readonly string[],
  { seed, resamples = 2000 }: BootstrapOptions,
): Estimate {
  const groups = sumsByPatient(values, patients);
  const images = groups.reduce((count, group) => count + group.count, 0);
  const counts = { images, patients: groups.length };
  if (images === 0) return { mean: null, low: null, high: null, ...counts };
  const center = mean(values.filter((value) => !Number.isNaN(value)));
  if (groups.length === 1) return { mean: center, low: null, high: null, ...counts };
  const means = resampledMeans(groups, new Random(seed), resamples).sort();
  const tail = (1 - LEVEL) / 2;
  return { mean: center, low: quantile(means, tail), high: quantile(means, 1 - tail), ...counts };
}

/**
 * Mean of a − b image by image, with its interval over patients: what both methods have in common (a difficult
 * image, a difficult patient) cancels, so that it tells smaller differences than two intervals side by side.
 * Images that lack either value are left out.
 */
export function bootstrapDifference(
  a: readonly number[],
  b: readonly number[],
  patients: readonly string[],
  options: BootstrapOptions,
): Estimate {
  if (a.length !== b.length) throw new Error(`${a.length} and ${b.length} values do not pair`);
  const differences = a.map((value, index) => value - (b[index] as number));
  return bootstrapMean(differences, patients, options);
}

interface PatientSum {
  sum: number;
  count: number;
}

function sumsByPatient(values: readonly number[], patients: readonly string[]): PatientSum[] {
  if (values.length !== patients.length) {
    throw new Error(`${values.length} values, but ${patients.length} patients`);
  }
  const groups = new Map<string, PatientSum>();
  for (const [index, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const patient = patients[index] as string;
    const group = groups.get(patient) ?? { sum: 0, count: 0 };
    group.sum += value;
    group.count += 1;
    groups.set(patient, group);
  }
  return [...groups.values()];
}

function resampledMeans(groups: readonly PatientSum[], random: Random, resamples: number): Float64Array {
  const means = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    let sum = 0;
    let count = 0;
    for (let draw = 0; draw < groups.length; draw++) {
      const group = groups[random.integer(groups.length)] as PatientSum;
      sum += group.sum;
      count += group.count;
    }
    means[b] = sum / count;
  }
  return means;
}

/** Quantile q of sorted values, linear between neighbours (Hyndman & Fan 1996, type 7). */
function quantile(sorted: Float64Array, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}
