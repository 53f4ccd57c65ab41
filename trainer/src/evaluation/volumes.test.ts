import { Random } from '@d-persona/shared/random.ts';
import { describe, expect, it } from 'vitest';
import { dicePersona } from './metrics/dice-persona.ts';
import { ged } from './metrics/ged.ts';
import { packMasks } from './metrics/packed-masks.ts';
import { VolumeAccumulator } from './volumes.ts';

const OPTIONS = { seed: 1, resamples: 200 };
const mask = (text: string) => Uint8Array.from(text, (c) => (c === '#' ? 1 : 0));
const slice = (
  volume: string,
  answers: string[],
  raters: string[],
  { samples = answers, present = raters.map(() => true) } = {},
) => ({
  patient: volume,
  volume,
  raters: raters.map(mask),
  present,
  samples: samples.map(mask),
  answers: new Map([
    ['d-persona' as const, answers.map(mask)],
    ['prior-mean' as const, answers.map((answer) => mask('.'.repeat(answer.length)))],
  ]),
});

describe('Dice over a volume', () => {
  it('adds up slices, those without an outline too', () => {
    const volumes = new VolumeAccumulator(2);
    volumes.add(slice('a', ['##..', '####'], ['#...', '####']));
    volumes.add(slice('a', ['....', '##..'], ['....', '....'])); // a false answer
    volumes.add(slice('a', ['#...', '....'], ['##..', '....']));
    const table = volumes.finish(OPTIONS);
    // Reader 1: 2 shared of 3 + 3. Reader 2: 4 shared of 6 + 4.
    const dice = [(2 * 2) / 6, (2 * 4) / 10];
    expect(table).toMatchObject({ volumes: 1, slices: 3, blankSlices: 1 });
    expect(table?.rows[0]?.dicePersona.map(({ mean }) => mean)).toEqual(dice);
    expect(table?.rows[0]?.dicePersonaMean.mean).toBeCloseTo(
      ((dice[0] as number) + (dice[1] as number)) / 2,
      12,
    );
    expect(table?.rows[1]?.dicePersonaMean.mean).toBe(0);
    expect(table?.comparisons[0]?.difference.mean).toBeCloseTo(
      ((dice[0] as number) + (dice[1] as number)) / 2,
      12,
    );
  });

  it('is that of all slices side by side, for random masks', () => {
    const random = new Random(5);
    const draw = () => Array.from({ length: 40 }, () => (random.uniform() < 0.4 ? '#' : '.')).join('');
    const parts = Array.from({ length: 3 }, () => ({
      answers: [draw(), draw(), draw()],
      raters: [draw(), draw(), draw()],
      samples: [draw(), draw(), draw(), draw()],
    }));
    const volumes = new VolumeAccumulator(3);
    for (const { answers, raters, samples } of parts) volumes.add(slice('v', answers, raters, { samples }));
    const table = volumes.finish(OPTIONS);
    const joined = (of: (part: (typeof parts)[number]) => string[], i: number) =>
      mask(parts.map((part) => of(part)[i]).join(''));
    const pack = (of: (part: (typeof parts)[number]) => string[], n: number) =>
      packMasks(Array.from({ length: n }, (_, i) => joined(of, i)));
    const raters = pack((part) => part.raters, 3);
    expect(table?.rows[0]?.dicePersona.map(({ mean }) => mean)).toEqual(
      dicePersona(
        pack((part) => part.answers, 3),
        raters,
      ),
    );
    expect(table?.gedPaper.mean).toBeCloseTo(
      ged(
        pack((part) => part.samples, 4),
        raters,
      ).paper,
      12,
    );
  });

  it('takes a missing reader for no opinion, and a volume that nobody outlined for none', () => {
    const volumes = new VolumeAccumulator(2);
    volumes.add(slice('a', ['##..', '####'], ['##..', '....'], { present: [true, false] }));
    volumes.add(slice('b', ['##..', '####'], ['##..', '##..']));
    volumes.add(slice('c', ['##..', '####'], ['....', '....']));
    const table = volumes.finish(OPTIONS);
    expect(table?.volumes).toBe(2);
    expect(table?.rows[0]?.dicePersona.map(({ mean, images }) => [mean, images])).toEqual([
      [1, 2],
      [2 / 3, 1],
    ]);
  });

  it('is not there for pictures', () => {
    expect(new VolumeAccumulator(2).finish(OPTIONS)).toBeNull();
  });
});
