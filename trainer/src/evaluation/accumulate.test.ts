import { Random } from '@d-persona/shared/random.ts';
import { describe, expect, it } from 'vitest';
import { type Answers, EvaluationAccumulator, type ImageResult } from './accumulate.ts';
import { renderEvaluation } from './render-table.ts';
import { type Evaluation, evaluationSchema, type Protocol } from './table.ts';

const SIZE = 16;
const protocol: Protocol = {
  dataset: 'discs',
  split: 'test',
  personaKind: 'rank',
  size: [SIZE, SIZE],
  resamples: 500,
  seed: 3,
};
const personas = ['rank-1', 'rank-2', 'rank-3'];

function disc(x: number, y: number, radius: number): Uint8Array {
  return Uint8Array.from({ length: SIZE * SIZE }, (_, p) =>
    Math.hypot((p % SIZE) - x, Math.floor(p / SIZE) - y) <= radius ? 1 : 0,
  );
}

const thrice = (mask: Uint8Array): Answers => ({ masks: [mask, mask, mask] });

/** Discs of three radii; the personas draw `radii`, the consensus the middle one. */
function discImage(
  patient: string,
  random: Random,
  radii: number[],
  present = [true, true, true],
): ImageResult {
  const x = 6 + 4 * random.uniform();
  const y = 6 + 4 * random.uniform();
  const middle = disc(x, y, 4);
  return {
    patient,
    raters: [disc(x, y, 3), middle, disc(x, y, 5)],
    present,
    samples: [disc(x, y, 2.5), disc(x, y, 3.5), disc(x, y, 4.5), disc(x, y, 5.5)],
    sampleMeanProbability: Float32Array.from(middle),
    answers: {
      'd-persona': { masks: radii.map((radius) => disc(x, y, radius)) },
      'consensus-unet': thrice(middle),
    },
  };
}

function evaluate(radii: number[], present?: boolean[]): Evaluation {
  const random = new Random(2);
  const accumulator = new EvaluationAccumulator(personas);
  for (let image = 0; image < 12; image++) {
    accumulator.add(discImage(`p${image >> 1}`, random, radii, present));
  }
  return accumulator.finish(protocol);
}

describe('accumulated evaluation', () => {
  it('of one image has the values worked out by hand', () => {
    const accumulator = new EvaluationAccumulator(['a', 'b']);
    accumulator.add({
      patient: 'one',
      raters: [Uint8Array.of(1, 0, 0, 0), Uint8Array.of(1, 1, 1, 0)],
      present: [true, true],
      samples: [Uint8Array.of(1, 0, 0, 0), Uint8Array.of(1, 1, 0, 0)],
      sampleMeanProbability: Float32Array.of(1, 0.6, 0.2, 0),
      answers: {
        'd-persona': { masks: [Uint8Array.of(1, 0, 0, 0), Uint8Array.of(1, 1, 0, 0)] },
        'prior-mean': { masks: [Uint8Array.of(1, 1, 0, 0), Uint8Array.of(1, 1, 0, 0)] },
      },
    });
    const evaluation = accumulator.finish({ ...protocol, personaKind: 'person' });
    const [ours, theirs] = evaluation.rows;
    expect(evaluationSchema.parse(JSON.parse(JSON.stringify(evaluation)))).toEqual(evaluation);
    expect(ours?.samples?.n).toBe(2);
    // d(ŷ,y): 0, 2/3, 1/2, 1/3; d(ŷ,ŷ') = 1/2; d(y,y') = 2/3
    expect(ours?.samples?.gedPaper.mean).toBeCloseTo(2 * (1.5 / 4) - 0.5 / 2 - 2 / 3 / 2, 12);
    expect(ours?.samples?.gedUnbiased.mean).toBeCloseTo(2 * (1.5 / 4) - 0.5 - 2 / 3, 12);
    expect(ours?.samples?.diversity.mean).toBeCloseTo(0.5, 12);
    expect(evaluation.raters.diversity.mean).toBeCloseTo(2 / 3, 12);
    // mean rater 1, ½, ½, 0. At 0.1: {0,1,2} and {0,1,2}; 0.3 and 0.5: {0,1} and {0,1,2}; 0.7, 0.9: {0} and {0}
    expect(ours?.samples?.diceSoft.mean).toBeCloseTo((1 + 0.8 + 0.8 + 1 + 1) / 5, 12);
    expect(ours?.dicePersona.map(({ mean }) => mean)).toEqual([1, 0.8]);
    expect(ours?.dicePersonaMean.mean).toBeCloseTo(0.9, 12);
    expect(theirs?.dicePersonaMean.mean).toBeCloseTo((2 / 3 + 0.8) / 2, 12);
    expect(theirs?.samples).toBeNull();
    expect(ours?.areas.map(({ mean }) => mean)).toEqual([1, 2]);
    expect(evaluation.raters.areas.map(({ mean }) => mean)).toEqual([1, 3]);
    expect(evaluation.comparisons[0]?.difference.mean).toBeCloseTo(0.9 - (2 / 3 + 0.8) / 2, 12);
    expect(evaluation.comparisons[0]?.verdict).toBe('no difference beyond the interval'); // one patient tells nothing
  });

  it('says that personas which draw like their raters beat the consensus', () => {
    const evaluation = evaluate([3, 4, 5]);
    expect(evaluation.rows[0]?.dicePersonaMean.mean).toBe(1);
    expect(evaluation.rows.map(({ areasRising }) => areasRising.mean)).toEqual([1, 0]); // one mask for all does not rise
    expect(evaluation.raters.areasRising.mean).toBe(1);
    expect(evaluation.comparisons).toHaveLength(1);
    expect(evaluation.comparisons[0]?.verdict).toBe('beats');
    expect(evaluation.comparisons[0]?.sentence).toMatch(
      /^The personas beat the consensus U-Net in Dice by identity: \+0\.\d{4} \[\+0\.\d{4}, \+0\.\d{4}\], 6 patients\.$/,
    );
  });

  it('says that personas in the wrong order lose, although the best matching is perfect', () => {
    const evaluation = evaluate([5, 4, 3]);
    expect(evaluation.rows[0]?.answers.diceMatch.mean).toBe(1);
    expect(evaluation.comparisons[0]?.verdict).toBe('loses');
    expect(evaluation.comparisons[0]?.sentence).toContain('lose to the consensus U-Net');
    expect(evaluation.rows[0]?.areasRising.mean).toBe(0);
  });

  it('says that personas which draw what the consensus draws do not beat it', () => {
    const evaluation = evaluate([4, 4, 4]);
    expect(evaluation.comparisons[0]?.difference).toMatchObject({ mean: 0, low: 0, high: 0 });
    expect(evaluation.comparisons[0]?.verdict).toBe('no difference beyond the interval');
    expect(evaluation.comparisons[0]?.sentence).toContain('do not beat');
  });

  it('masks out a missing rater everywhere', () => {
    const evaluation = evaluate([3, 4, 5], [true, true, false]);
    expect(evaluation.rows[0]?.dicePersona[2]).toEqual({
      mean: null,
      low: null,
      high: null,
      images: 0,
      patients: 0,
    });
    expect(evaluation.rows[0]?.dicePersonaMean.mean).toBe(1);
    expect(evaluation.rows[0]?.areas[2]?.mean).toBeNull();
    expect(evaluation.rows[0]?.answers.gedPaper.mean).not.toBe(0); // the third answer has no rater of its own
    expect(renderEvaluation(evaluation)).toMatch(/rank-3 \|\n.*\n\| D-Persona .*– \|\n/);
  });

  it('counts images without a rater, and refuses what does not fit together', () => {
    const accumulator = new EvaluationAccumulator(personas);
    const image = discImage('p', new Random(1), [3, 4, 5]);
    accumulator.add({ ...image, present: [false, false, false] });
    expect(() => accumulator.finish(protocol)).toThrow('no image');
    accumulator.add(image);
    const { 'd-persona': ours } = image.answers;
    expect(() => accumulator.add({ ...image, answers: { 'd-persona': ours } })).toThrow(
      'before: d-persona, consensus',
    );
    expect(() => accumulator.add({ ...image, raters: image.raters.slice(1) })).toThrow();
    expect(accumulator.finish(protocol)).toMatchObject({ images: 1, patients: 1, imagesWithoutRater: 1 });
    accumulator.add({ ...image, samples: image.samples.slice(1) });
    expect(() => accumulator.finish(protocol)).toThrow('same number of predictions');
  });

  it('is written as Markdown with aligned columns, N, intervals and verdicts', () => {
    const text = renderEvaluation(evaluate([3, 4, 5]));
    expect(text).toContain('12 images of 6 patients, 16 × 16 pixels');
    const tables = text.split('\n\n').filter((block) => block.startsWith('|'));
    expect(tables).toHaveLength(3);
    for (const table of tables) expect(new Set(table.split('\n').map((line) => line.length)).size).toBe(1);
    expect(tables[1]).toMatch(/D-Persona, samples +\| 4 \|/);
    expect(tables[1]).toMatch(/consensus U-Net, answers +\| 3 \|/);
    expect(text).toContain('- The personas beat the consensus U-Net');
  });
});
