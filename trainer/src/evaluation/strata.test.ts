import { expect, it } from 'vitest';
import { divide } from './strata.ts';

const image = (area: number, raters = 4, disagreement = 0.2) => ({ area, raters, disagreement });

it('divides six areas into three pairs, whatever their order, and names their ranges', () => {
  const parts = divide([60, 10, 20, 50, 30, 40].map((area) => image(area)));
  const areas = parts.filter(({ by }) => by === 'area');
  expect(areas.map(({ title }) => title)).toEqual([
    'mean area, pixels 10 to 20',
    'mean area, pixels 30 to 40',
    'mean area, pixels 50 to 60',
  ]);
  expect(areas[0]?.has).toEqual([false, true, true, false, false, false]);
  expect(parts.some(({ by }) => by === 'raters')).toBe(false);
});

it('makes a part of each number of raters, and leaves an image of one rater out of disagreement', () => {
  const parts = divide([image(1, 1, Number.NaN), image(2, 3, 0.1), image(3, 3, 0.2), image(4, 4, 0.3)]);
  const of = (by: string) => parts.filter((part) => part.by === by);
  expect(of('raters').map(({ title }) => title)).toEqual(['1 rater', '3 raters', '4 raters']);
  expect(of('disagreement').map(({ has }) => has)).toEqual([
    [false, true, false, false],
    [false, false, true, false],
    [false, false, false, true],
  ]);
});

it('has no empty part where all values are equal, and every image in exactly one', () => {
  const areas = divide([image(5), image(5), image(5)]).filter(({ by }) => by === 'area');
  expect(areas.map(({ has }) => has)).toEqual([[true, true, true]]);
});
