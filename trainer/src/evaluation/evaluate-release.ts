import { basename, dirname, resolve } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { weightTensors } from '@d-persona/shared/model/weight-tensors.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { hashSchema, type Manifest } from '@d-persona/shared/release/manifest.ts';
import { listReleases, loadRelease } from '@d-persona/shared/release/store.ts';
import * as tf from '@tensorflow/tfjs-core';
import { splitByPatient } from '../data/split.ts';
import { FolderStore } from '../publish/folder-store.ts';
import { openWholeData, type WholeData } from '../run/open-run-data.ts';
import { blankSlices } from './blank-slices.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluateOptions } from './evaluate-run.ts';
import type { Evaluation } from './table.ts';

/** Seed of bank and samples: what the API takes by default. */
const SEED = 0;

/** The store and the hash that a path means: a release's own folder, or a store that holds one release. */
async function findRelease(path: string): Promise<{ readonly store: FolderStore; readonly hash: string }> {
  const hash = basename(path);
  const parent = dirname(resolve(path));
  if (hashSchema.safeParse(hash).success && basename(parent) === 'releases')
    return { store: new FolderStore(dirname(parent)), hash };
  const store = new FolderStore(path);
  const [only, another] = await listReleases(store);
  if (only !== undefined && another === undefined) return { store, hash: only };
  throw new InputError({
    code: 'not-a-release',
    input: path,
    problem: only === undefined ? 'is not the folder of a release' : 'holds several releases',
    remedy: 'Give a path that ends in releases/<hash>, or a store that holds one release',
  });
}

/** Opens data as the release takes it: a release of parts of images is never asked about whole ones, resampled. */
async function openLike({ size, frame }: Manifest['input'], path: string): Promise<WholeData> {
  if (frame === 'whole') return openWholeData(path, size[0], { frame });
  const found = await openWholeData(path, size[0]);
  if (found.dataset.frame !== 'whole') return found;
  await found.dataset.close();
  return openWholeData(path, size[0], { frame: 'lesion' });
}

/**
 * Evaluates a release on a dataset. Of the very data that it was trained on, known by its hash, only the test patients
 * are taken (or those of `split`); of any other data all are, and the release's training patients must not be among
 * them: nothing in a release says who they were.
 *
 * @param path folder `…/releases/<hash>`, or a store that holds one release
 * @throws InputError when the folder is no release, or the data has other raters or channels
 */
export async function evaluateRelease(
  path: string,
  data: string,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { store, hash } = await findRelease(path);
  const { manifest, weights } = await loadRelease(store, hash, servingSpecs);
  const { architecture, input, personas, training } = manifest;
  const { dataset, whole } = await openLike(input, data);
  if (dataset.raters.length !== personas.length || dataset.channels !== input.channels) {
    throw new InputError({
      code: 'other-data',
      input: data,
      problem: `has ${dataset.raters.length} raters and ${dataset.channels} channels; the release has ${personas.length} personas and ${input.channels} channels`,
      remedy: 'Evaluate on data like that which the release was trained on',
    });
  }
  const ownData = dataset.sourceSha256 === training.sourceSha256;
  const samples = ownData
    ? splitByPatient(dataset.samples, training.splitSeed)[options.split]
    : dataset.samples;
  const tensors = weightTensors(weights);
  const result = await evaluate(
    { weights: tensors, architecture },
    personas.map(({ id }) => id),
    whole(samples),
    { samples: options.samples, bank: options.bank, seed: SEED },
    {
      dataset: dataset.name,
      split: ownData ? options.split : 'test',
      personaKind: dataset.kind,
      size: input.size,
      resamples: options.resamples,
      seed: SEED,
    },
    undefined,
    blankSlices(dataset, samples),
  );
  tf.dispose([...tensors.values()]);
  await dataset.close();
  return result;
}
