import { describe, expect, it } from 'vitest';
import type { VariantValues } from './ask-variant.ts';
import { renderRows } from './render-rows.ts';
import { type RowResults, summarise } from './summarise.ts';

function image(patient: string, dicePersona: number): VariantValues {
  const set = { gedPaper: 0.3, gedUnbiased: 0.2, diversity: Number.NaN, diceSoft: 0.8 };
  const more = { diceMaxOfPredictions: 0.9, diceMaxOfRaters: 0.9, diceMatch: 0.7 };
  return {
    patient,
    dicePersona,
    style: { area: 0.04, outline: Number.NaN },
    samples: { n: 4, ...set, ...more },
  };
}

/** Two folds of one image each, for each seed. */
function row(name: string, seeds: readonly (readonly [number, number])[]): RowResults {
  const asked = { samples: 4, bank: 8, seed: 1 };
  const fold = (patient: string, dice: number) => ({
    ...{ asked, trainedSeconds: 30, images: [image(patient, dice)] },
  });
  return { name, title: name, values: seeds.map(([a, b]) => [fold('a', a), fold('b', b)]) };
}

const first = row('first', [
  [0.6, 0.8],
  [0.8, 1.0],
]);
const options = { seed: 1, resamples: 200 };

describe('summarise', () => {
  it('has mean and standard deviation over seeds, of means over all folds', () => {
    const { cells, seeds, images, trainedSeconds } = summarise(first, first, ['dicePersona'], options);
    expect(cells.dicePersona?.mean).toBeCloseTo(0.8, 12);
    expect(cells.dicePersona?.deviation).toBeCloseTo(Math.SQRT2 / 10, 12); // of 0.7 and 0.9
    expect(cells.dicePersona?.difference).toBeNull();
    expect({ seeds, images, trainedSeconds }).toEqual({ seeds: 2, images: 2, trainedSeconds: 120 });
  });

  it('pairs a row with the first one image by image, seeds averaged, over patients', () => {
    const other = row('other', [[0.6, 0.7]]);
    const { difference, deviation } = summarise(other, first, ['dicePersona'], options).cells.dicePersona as {
      difference: { mean: number; low: number; high: number; patients: number };
      deviation: null;
    };
    expect(deviation).toBeNull();
    expect(difference.mean).toBeCloseTo(-0.15, 12); // −0.1 of patient a, −0.2 of b
    expect(difference.low).toBeCloseTo(-0.2, 12);
    expect(difference.high).toBeCloseTo(-0.1, 12);
    expect(difference.patients).toBe(2);
  });

  it('a metric that no image has is shown as such', () => {
    const rows = [
      summarise(
        first,
        first,
        ['ged', 'diversity', 'gedUnbiased', 'diceSoft', 'diceMax', 'diceMatch'],
        options,
      ),
    ];
    expect(rows[0]?.cells.diversity?.mean).toBeNull();
    expect(renderRows('diversity', rows)).toContain('| first |');
    expect(renderRows('diversity', rows)).toContain('–');
  });

  it('tells the difference in every column that a table is about, from the row it is told from', () => {
    const columns = ['dicePersona', 'areaStyle', 'outlineStyle'] as const;
    const other = row('other', [[0.5, 0.7]]);
    const rows = [other, first].map((each) => summarise(each, other, columns, options));
    const lines = renderRows('style', rows).split('\n');
    expect(lines[0]).toContain('differences from "other"');
    expect(lines.find((line) => line.includes('| first'))).toMatch(/\+0\.2000 .*0\.0000 .*–/);
  });
});
