import { diceMatch } from '@d-persona/trainer/evaluation/metrics/dice-match.ts';
import { diceMax } from '@d-persona/trainer/evaluation/metrics/dice-max.ts';
import { dicePersona } from '@d-persona/trainer/evaluation/metrics/dice-persona.ts';
import { diceSoft, meanMask } from '@d-persona/trainer/evaluation/metrics/dice-soft.ts';
import { ged } from '@d-persona/trainer/evaluation/metrics/ged.ts';
import { packMasks } from '@d-persona/trainer/evaluation/metrics/packed-masks.ts';
import { diceMatrix } from '@d-persona/trainer/evaluation/metrics/pairwise.ts';
import { z } from 'zod';
import type { PartError } from './compare-model.ts';

const masks = z.array(z.array(z.union([z.literal(0), z.literal(1)])));

/** What `make_golden.py --metrics` writes: random masks, and the independent implementation's metrics of them. */
export const metricCasesSchema = z.array(
  z.strictObject({
    raters: masks,
    predictions: masks,
    gedPaper: z.number(),
    gedUnbiased: z.number(),
    diversity: z.number(),
    diceMaxOfPredictions: z.number(),
    diceMaxOfRaters: z.number(),
    diceMatch: z.number(),
    diceSoft: z.number(),
    dicePersona: z.array(z.number()),
  }),
);

type MetricCase = z.infer<typeof metricCasesSchema>[number];

/** Each metric of the product beside the other one's. */
function pairs(theirs: MetricCase): Record<string, readonly (readonly [number, number])[]> {
  const raterMasks = theirs.raters.map((mask) => Uint8Array.from(mask));
  const predictionMasks = theirs.predictions.map((mask) => Uint8Array.from(mask));
  const [raters, predictions] = [packMasks(raterMasks), packMasks(predictionMasks)];
  const energy = ged(predictions, raters);
  const matrix = diceMatrix(raters, predictions);
  const best = diceMax(matrix);
  const personas = dicePersona(packMasks(predictionMasks.slice(0, raterMasks.length)), raters);
  return {
    GED: [
      [energy.paper, theirs.gedPaper],
      [energy.unbiased, theirs.gedUnbiased],
    ],
    diversity: [[energy.diversity, theirs.diversity]],
    Dice_max: [
      [best.ofPredictions, theirs.diceMaxOfPredictions],
      [best.ofRaters, theirs.diceMaxOfRaters],
    ],
    Dice_match: [[diceMatch(matrix).mean, theirs.diceMatch]],
    Dice_soft: [[diceSoft(meanMask(predictionMasks), raterMasks), theirs.diceSoft]],
    Dice_persona: personas.map((value, r) => [value, theirs.dicePersona[r] as number] as const),
  };
}

/** Largest error of each metric over all cases. */
export function compareMetrics(cases: readonly MetricCase[]): PartError[] {
  const errors = new Map<string, number>();
  for (const [part, values] of cases.flatMap((theirs) => Object.entries(pairs(theirs)))) {
    for (const [own, other] of values) {
      const before = errors.get(part) ?? -1;
      const error = Math.abs(own - other);
      // Not Math.max: a NaN must stay.
      if (!(error <= before)) errors.set(part, error);
    }
  }
  return [...errors].map(([part, error]) => ({ part, error, limit: 1e-9 }));
}
