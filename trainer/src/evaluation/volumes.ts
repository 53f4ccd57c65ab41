import { type BootstrapOptions, bootstrapDifference, bootstrapMean, type Estimate } from './bootstrap.ts';
import { meanOfKnown } from './columns.ts';
import { overlap, type PackedMasks, packMasks } from './metrics/packed-masks.ts';
import { dice, iouDistance } from './metrics/pairwise.ts';
import { mean } from './metrics/present.ts';
import type { RaterMasks } from './set-metrics.ts';
import type { Baseline, Method, VolumeTable } from './table.ts';

/** What was predicted for one slice of a volume, beside what its raters drew. */
export interface SliceResult extends RaterMasks {
  readonly patient: string;
  /** Unique: the volume, or the lesion in it, that is measured as a whole. */
  readonly volume: string;
  /** N samples; sample i of every slice comes from the same noise. */
  readonly samples: readonly Uint8Array[];
  /** Masks of each method, one a persona. */
  readonly answers: ReadonlyMap<Method, readonly Uint8Array[]>;
}

/** Voxels that two masks share, and have. */
interface Counts {
  shared: number;
  first: number;
  second: number;
}

interface Volume {
  readonly patient: string;
  /** [persona], of the slices on which its rater is present. */
  readonly answers: Map<Method, Counts[]>;
  /** Overlaps of all samples and raters with each other: [N + R][N + R]. */
  readonly overlaps: Float64Array;
  /** Whether rater r outlined any slice. */
  readonly raters: boolean[];
}

/**
 * Measures whole volumes: overlaps and areas are added up slice by slice, so that no volume is kept, and Dice and IoU
 * are those of the volumes. A rater who is not present on a slice has drawn nothing there.
 */
export class VolumeAccumulator {
  readonly #personas: number;
  readonly #volumes = new Map<string, Volume>();
  #slices = 0;
  #blanks = 0;
  #n = 0;

  constructor(personas: number) {
    this.#personas = personas;
  }

  /** Adds a slice. */
  add({ patient, volume, raters, present, samples, answers }: SliceResult): void {
    const packed = packMasks([...samples, ...raters]);
    const count = packed.count;
    this.#n = samples.length;
    const entry = this.#volumes.get(volume) ?? {
      patient,
      answers: new Map(),
      overlaps: new Float64Array(count * count),
      raters: raters.map(() => false),
    };
    this.#volumes.set(volume, entry);
    this.#slices++;
    const drawn = raters.map((_, r) => packed.areas[samples.length + r] as number);
    if (drawn.every((area) => area === 0)) this.#blanks++;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) {
        const shared = i === j ? (packed.areas[i] as number) : overlap(packed, i, packed, j);
        for (const at of i === j ? [i * count + i] : [i * count + j, j * count + i]) {
          entry.overlaps[at] = (entry.overlaps[at] as number) + shared;
        }
      }
    }
    present.forEach((here, r) => {
      if (here && (drawn[r] as number) > 0) entry.raters[r] = true;
    });
    for (const [method, masks] of answers) {
      const counts = entry.answers.get(method) ?? raters.map(() => ({ shared: 0, first: 0, second: 0 }));
      entry.answers.set(method, counts);
      addCounts(counts, packMasks(masks), packed, samples.length, present);
    }
  }

  /** The table; null where there was no volume. */
  finish(options: BootstrapOptions): VolumeTable | null {
    const volumes = [...this.#volumes.values()].filter(({ raters }) => raters.includes(true));
    const [first] = volumes;
    if (first === undefined) return null;
    const patients = volumes.map(({ patient }) => patient);
    const estimate = (values: readonly number[]): Estimate => bootstrapMean(values, patients, options);
    const columns = new Map(
      [...first.answers.keys()].map((method): [Method, number[][]] => [
        method,
        volumes.map((volume) => diceOf(volume, method)),
      ]),
    );
    const means = (method: Method) => (columns.get(method) as number[][]).map(meanOfKnown);
    const rows = [...columns].map(([method, values]) => ({
      method,
      dicePersona: Array.from({ length: this.#personas }, (_, r) =>
        estimate(values.map((row) => row[r] as number)),
      ),
      dicePersonaMean: estimate(means(method)),
    }));
    const others = [...columns.keys()].filter((method): method is Baseline => method !== 'd-persona');
    return {
      volumes: volumes.length,
      slices: this.#slices,
      blankSlices: this.#blanks,
      gedPaper: estimate(volumes.map((volume) => gedOf(volume, this.#n))),
      rows,
      comparisons: others.map((baseline) => ({
        baseline,
        difference: bootstrapDifference(means('d-persona'), means(baseline), patients, options),
      })),
    };
  }
}

function addCounts(
  counts: Counts[],
  masks: PackedMasks,
  packed: PackedMasks,
  offset: number,
  present: readonly boolean[],
): void {
  counts.forEach((count, r) => {
    if (!present[r]) return;
    count.shared += overlap(masks, r, packed, offset + r);
    count.first += masks.areas[r] as number;
    count.second += packed.areas[offset + r] as number;
  });
}

/** Dice of each persona with its rater; NaN of a rater who outlined nothing in the volume. */
function diceOf({ answers, raters }: Volume, method: Method): number[] {
  const counts = answers.get(method) ?? [];
  return raters.map((outlined, r) => {
    const { shared, first, second } = counts[r] as Counts;
    return outlined ? dice(shared, first, second) : Number.NaN;
  });
}

/** GED (the papers' estimator) of the samples and the raters who outlined the volume. */
function gedOf({ overlaps, raters }: Volume, n: number): number {
  const count = n + raters.length;
  const at = (i: number, j: number) => overlaps[i * count + j] as number;
  const samples = Array.from({ length: n }, (_, i) => i);
  const there = raters.flatMap((outlined, r) => (outlined ? [n + r] : []));
  const between = (a: readonly number[], b: readonly number[]) =>
    mean(a.flatMap((i) => b.map((j) => iouDistance(at(i, j), at(i, i), at(j, j)))));
  return 2 * between(samples, there) - between(samples, samples) - between(there, there);
}
