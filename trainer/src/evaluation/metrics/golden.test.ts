import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { diceMatch } from './dice-match.ts';
import { diceMax } from './dice-max.ts';
import { dicePersona } from './dice-persona.ts';
import { diceSoft, meanMask } from './dice-soft.ts';
import { ged } from './ged.ts';
import { packMasks } from './packed-masks.ts';
import { diceMatrix, iouDistanceMatrix } from './pairwise.ts';

/*
 * golden.json holds random masks (0/1 strings, row by row) and what an independent Python implementation of
 * model.md's metrics (numpy float64 dot products, scipy.optimize.linear_sum_assignment) made of them; absent
 * raters were left out by index before calling it. Drawn with numpy.random.default_rng(7); written by
 *   python make_golden.py golden.json
 * a script of ours that calls its dice_matrix, distance_matrix, ged, dice_max, dice_match, dice_soft, dice_persona.
 */
const goldenSchema = z.array(
  z.strictObject({
    name: z.string(),
    predictions: z.array(z.string()),
    raters: z.array(z.string()),
    present: z.array(z.boolean()).nullable(),
    diceMatrix: z.array(z.array(z.number())),
    distanceMatrix: z.array(z.array(z.number())),
    gedPaper: z.number(),
    gedUnbiased: z.number(),
    diversity: z.number(),
    raterDiversity: z.number(),
    diceMaxOfPredictions: z.number(),
    diceMaxOfRaters: z.number(),
    diceMatch: z.number(),
    diceSoft: z.number(),
    dicePersona: z.array(z.number()).nullable(),
  }),
);
const golden = goldenSchema.parse(JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')));
const mask = (bits: string): Uint8Array => Uint8Array.from(bits, Number);

describe.each(golden)('metrics of random masks: $name', (expected) => {
  const predictionMasks = expected.predictions.map(mask);
  const raterMasks = expected.raters.map(mask);
  const predictions = packMasks(predictionMasks);
  const raters = packMasks(raterMasks);
  const present = expected.present ?? undefined;
  const matrix = diceMatrix(raters, predictions);

  it('Dice and distance matrices', () => {
    expect(matrix.flat().map((v) => Number(v.toFixed(12)))).toEqual(expected.diceMatrix.flat());
    const distances = iouDistanceMatrix(raters, predictions).flat();
    expect(distances.map((v) => Number(v.toFixed(12)))).toEqual(expected.distanceMatrix.flat());
  });

  it('GED, both estimators, and both diversities', () => {
    const result = ged(predictions, raters, present);
    expect(result.n).toBe(predictionMasks.length);
    expect(result.paper).toBeCloseTo(expected.gedPaper, 12);
    expect(result.unbiased).toBeCloseTo(expected.gedUnbiased, 12);
    expect(result.diversity).toBeCloseTo(expected.diversity, 12);
    expect(result.raterDiversity).toBeCloseTo(expected.raterDiversity, 12);
  });

  it('Dice_max, Dice_match, Dice_soft, Dice_persona', () => {
    const max = diceMax(matrix, present);
    expect(max.ofPredictions).toBeCloseTo(expected.diceMaxOfPredictions, 12);
    expect(max.ofRaters).toBeCloseTo(expected.diceMaxOfRaters, 12);
    expect(diceMatch(matrix, present).mean).toBeCloseTo(expected.diceMatch, 12);
    expect(diceSoft(meanMask(predictionMasks), raterMasks, present)).toBeCloseTo(expected.diceSoft, 12);
    expect(diceSoft(Float32Array.from(meanMask(predictionMasks)), raterMasks, present)).toBeCloseTo(
      expected.diceSoft,
      12,
    );
    if (expected.dicePersona !== null) {
      const identity = dicePersona(predictions, raters, present);
      for (const [r, value] of expected.dicePersona.entries()) expect(identity[r]).toBeCloseTo(value, 12);
    }
  });
});
