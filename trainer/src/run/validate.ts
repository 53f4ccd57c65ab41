import { dicePersona } from '../evaluation/metrics/dice-persona.ts';
import { ged } from '../evaluation/metrics/ged.ts';
import { packMasks } from '../evaluation/metrics/packed-masks.ts';
import { type Network, predict, presentRaters, raterMasks } from '../evaluation/predict.ts';
import { applyThreshold } from '../evaluation/thresholds.ts';
import type { RunData } from './run-data.ts';
import type { StageName } from './task.ts';

/** Images that a validation within a training looks at, and how the model is asked: enough to see it collapse. */
const LIMIT = 64;
const OPTIONS = { samples: 8, bank: 100, seed: 0 } as const;

const mean = (values: readonly number[]) => {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
};

/**
 * What tells in training whether samples and personas really differ, on some validation images. A small KL alone is
 * no diagnosis; the samples' mean pairwise distance beside the raters' is.
 */
export async function validate(
  stage: StageName,
  network: Network,
  data: RunData,
): Promise<Readonly<Record<string, number>>> {
  if (stage === 'consensus') return {};
  const columns = {
    ged: [] as number[],
    diversity: [] as number[],
    raterDiversity: [] as number[],
    dicePriorMean: [] as number[],
    dicePersona: [] as number[],
  };
  for await (const batch of data.whole('validation', LIMIT)) {
    const predictions = predict(network, batch, OPTIONS);
    for (const [n, { personas, samples, priorMean }] of predictions.entries()) {
      const present = presentRaters(batch, n);
      const raters = packMasks(raterMasks(batch, n));
      const cut = (maps: readonly Float32Array[]) => packMasks(maps.map((map) => applyThreshold(map, 0.5)));
      const energy = ged(cut(samples), raters, present);
      columns.ged.push(energy.paper);
      columns.diversity.push(energy.diversity);
      columns.raterDiversity.push(ged(raters, raters, present).diversity);
      columns.dicePriorMean.push(mean(dicePersona(cut(personas.map(() => priorMean)), raters, present)));
      columns.dicePersona.push(mean(dicePersona(cut(personas), raters, present)));
    }
  }
  const { dicePersona: personaDice, ...ofStage1 } = columns;
  const shown =
    stage === 'stage1' ? ofStage1 : { dicePersona: personaDice, dicePriorMean: columns.dicePriorMean };
  return Object.fromEntries(Object.entries(shown).map(([name, values]) => [name, mean(values)]));
}
