import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { weightTensors } from '@d-persona/shared/model/weight-tensors.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { type PlainWeights, quantizedWeights } from '@d-persona/shared/release/encode-release.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import type { Quantization } from '@d-persona/shared/release/quantize.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';
import { dicePersona } from '../evaluation/metrics/dice-persona.ts';
import { ged } from '../evaluation/metrics/ged.ts';
import { packMasks } from '../evaluation/metrics/packed-masks.ts';
import { type PredictOptions, predict, presentRaters, raterMasks } from '../evaluation/predict.ts';
import { applyThreshold } from '../evaluation/thresholds.ts';
import type { RunData } from '../run/run-data.ts';

interface Scores {
  readonly images: number;
  readonly dice: number;
  readonly ged: number;
}

/** Mean Dice of personas by identity, and mean GED of the samples (with pairs i = j). */
async function score(
  weights: PlainWeights,
  architecture: Architecture,
  batches: AsyncIterable<Batch>,
  options: PredictOptions,
): Promise<Scores> {
  const tensors = weightTensors(weights);
  const dice: number[] = [];
  const energies: number[] = [];
  for await (const batch of batches) {
    const predictions = predict({ weights: tensors, architecture }, batch, options);
    for (const [n, { personas, samples }] of predictions.entries()) {
      const present = presentRaters(batch, n);
      const raters = packMasks(raterMasks(batch, n));
      const cut = (maps: readonly Float32Array[]) => packMasks(maps.map((map) => applyThreshold(map, 0.5)));
      const known = dicePersona(cut(personas), raters, present).filter((value) => !Number.isNaN(value));
      dice.push(known.reduce((sum, value) => sum + value, 0) / known.length);
      energies.push(ged(cut(samples), raters, present).paper);
    }
  }
  tf.dispose([...tensors.values()]);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { images: dice.length, dice: mean(dice), ged: mean(energies) };
}

/**
 * What storing the weights in fewer bits costs: Dice and GED on the test patients with the weights as trained and
 * with the weights as they will be read back.
 */
export async function measureQuantization(
  weights: PlainWeights,
  architecture: Architecture,
  kind: Quantization,
  data: RunData,
  options: PredictOptions,
): Promise<Omit<Manifest['quantization'], 'maxLoss'>> {
  const specs = servingSpecs(architecture);
  const before = await score(
    quantizedWeights(weights, specs, 'float32'),
    architecture,
    data.whole('test'),
    options,
  );
  const after = await score(
    quantizedWeights(weights, specs, kind),
    architecture,
    data.whole('test'),
    options,
  );
  return { kind, diceBefore: before.dice, diceAfter: after.dice, gedBefore: before.ged, gedAfter: after.ged };
}

/** How many images there are, and the mean Dice by identity on them of the weights as they will be read back. */
export async function measureStored(
  weights: PlainWeights,
  architecture: Architecture,
  kind: Quantization,
  batches: AsyncIterable<Batch>,
  options: PredictOptions,
): Promise<{ readonly images: number; readonly dice: number }> {
  const stored = quantizedWeights(weights, servingSpecs(architecture), kind);
  const { images, dice } = await score(stored, architecture, batches, options);
  return { images, dice };
}
