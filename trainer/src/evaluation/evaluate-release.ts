import { basename, dirname } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { weightTensors } from '@d-persona/shared/model/weight-tensors.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { hashSchema } from '@d-persona/shared/release/manifest.ts';
import { loadRelease } from '@d-persona/shared/release/store.ts';
import * as tf from '@tensorflow/tfjs-core';
import { FolderStore } from '../publish/folder-store.ts';
import { openWholeData } from '../run/open-run-data.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluateOptions } from './evaluate-run.ts';
import type { Evaluation } from './table.ts';

/**
 * Evaluates a release on all patients of a dataset; the release's own training data must not be among them.
 *
 * @param path folder `…/releases/<hash>`
 * @throws InputError when the folder is no release, or the data has other raters or channels
 */
export async function evaluateRelease(
  path: string,
  data: string,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const hash = basename(path);
  const parent = dirname(path);
  if (!hashSchema.safeParse(hash).success || basename(parent) !== 'releases') {
    throw new InputError({
      code: 'not-a-release',
      input: path,
      problem: 'is not the folder of a release',
      remedy: 'Give a path that ends in releases/<hash>',
    });
  }
  const { manifest, weights } = await loadRelease(new FolderStore(dirname(parent)), hash, servingSpecs);
  const { architecture, input, personas } = manifest;
  const { dataset, whole } = await openWholeData(data, input.size[0]);
  if (dataset.raters.length !== personas.length || dataset.channels !== input.channels) {
    throw new InputError({
      code: 'other-data',
      input: data,
      problem: `has ${dataset.raters.length} raters and ${dataset.channels} channels; the release has ${personas.length} personas and ${input.channels} channels`,
      remedy: 'Evaluate on data like that which the release was trained on',
    });
  }
  const tensors = weightTensors(weights);
  const result = await evaluate(
    { weights: tensors, architecture },
    personas.map(({ id }) => id),
    whole(),
    { samples: options.samples, bank: options.bank, seed: 0 },
    {
      dataset: dataset.name,
      split: 'test',
      personaKind: dataset.kind,
      size: input.size,
      resamples: options.resamples,
      seed: 0,
    },
  );
  tf.dispose([...tensors.values()]);
  return result;
}
