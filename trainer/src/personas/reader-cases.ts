import { InputError } from '@d-persona/shared/errors.ts';
import { Random } from '@d-persona/shared/random.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import { evaluationBatches } from '../data/batches.ts';
import { loadDataset } from '../data/load-dataset.ts';
import type { Dataset, Rater, Sample } from '../data/sample.ts';
import { raterMasks } from '../evaluation/predict.ts';
import type { AnnotatedCase } from '../nightly/annotated-case.ts';

/** A reader's cases: those to learn from, patients mixed, and those of other patients to measure on. */
export interface SplitCases {
  readonly train: readonly AnnotatedCase[];
  readonly heldOut: readonly AnnotatedCase[];
}

const AT_ONCE = 16;

/** The reader that is meant. @throws InputError where the data has several, or no such one */
function readerOf({ raters }: Dataset, reader: string | undefined, path: string): number {
  if (reader === undefined && raters.length === 1) return 0;
  const index = raters.findIndex(({ id, title }: Rater) => id === reader || title === reader);
  if (index >= 0) return index;
  throw new InputError({
    code: 'which-reader',
    input: reader ?? path,
    problem: `${reader === undefined ? 'has several readers' : 'is no reader of this data'} (${raters.map(({ id }) => id).join(', ')})`,
    remedy: 'Name one of them with --reader',
  });
}

/** Patients that are measured on: a share of them, at least one, by a seed. */
function heldOutPatients(samples: readonly Sample[], share: number, random: Random): ReadonlySet<string> {
  const patients = random.shuffle([...new Set(samples.map(({ patient }) => patient))].sort());
  return new Set(patients.slice(0, Math.max(1, Math.round(share * patients.length))));
}

/** What of the data is read. */
export interface ReaderChoice {
  /** Id or title; may be left out where the data has one reader. */
  readonly reader?: string | undefined;
  /** Where a release sees a part of an image: its middle, or around the outlines. */
  readonly frame?: 'crop' | 'lesion' | undefined;
}

/**
 * Reads the cases of one reader as a release sees them, and divides them by patient.
 *
 * @param share of the patients to measure on
 * @throws InputError for data that cannot be read, another reader, other channels, or fewer than two patients
 */
export async function readReaderCases(
  path: string,
  { reader, frame = 'crop' }: ReaderChoice,
  input: Manifest['input'],
  share: number,
  seed: number,
): Promise<SplitCases> {
  const dataset = await loadDataset(path, {
    size: input.size[0],
    fewestReaders: 1,
    kind: reader?.startsWith('rank-') ? 'rank' : 'person',
    frame: input.frame === 'whole' ? 'whole' : frame,
    channels: input.channels === 3 ? 3 : 1,
  });
  try {
    const r = readerOf(dataset, reader, path);
    const random = new Random(seed).fork('cases');
    const samples = random.shuffle(dataset.samples.filter(({ present }) => present[r]));
    const apart = heldOutPatients(samples, share, random);
    const [train, heldOut] = [false, true].map((held) =>
      samples.filter(({ patient }) => apart.has(patient) === held),
    ) as [Sample[], Sample[]];
    if (train.length === 0) {
      throw new InputError({
        code: 'too-few-patients',
        input: path,
        problem: 'has cases of one patient only',
        remedy: 'Add a patient: those to measure on must be others than those to learn from',
      });
    }
    return { train: await cases(dataset, train, r), heldOut: await cases(dataset, heldOut, r) };
  } finally {
    await dataset.close();
  }
}

async function cases(dataset: Dataset, samples: readonly Sample[], r: number): Promise<AnnotatedCase[]> {
  const found: AnnotatedCase[] = [];
  for await (const batch of evaluationBatches(dataset, samples, AT_ONCE)) {
    const pixels = batch.height * batch.width * batch.channels;
    for (const [n, { id, patient }] of batch.samples.entries()) {
      found.push({
        id,
        persona: dataset.raters[r]?.id ?? '',
        group: patient,
        image: batch.images.slice(n * pixels, (n + 1) * pixels),
        mask: raterMasks(batch, n)[r] as Uint8Array,
      });
    }
  }
  return found;
}
