import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Turn, turn, turnBack, turnedSize, UPRIGHT } from './turn.ts';

const anyTurn: fc.Arbitrary<Turn> = fc.record({
  transpose: fc.boolean(),
  flipRows: fc.boolean(),
  flipColumns: fc.boolean(),
});
const size = fc.record({ height: fc.integer({ min: 1, max: 6 }), width: fc.integer({ min: 1, max: 6 }) });

it('turns a picture as its name says', () => {
  const picture = Float32Array.of(1, 2, 3, 4, 5, 6); // 1 2 3 above 4 5 6
  const at = { height: 2, width: 3 };
  expect([...turn(picture, at, 1, { ...UPRIGHT, transpose: true })]).toEqual([1, 4, 2, 5, 3, 6]);
  expect([...turn(picture, at, 1, { ...UPRIGHT, flipRows: true })]).toEqual([4, 5, 6, 1, 2, 3]);
  expect([...turn(picture, at, 1, { ...UPRIGHT, flipColumns: true })]).toEqual([3, 2, 1, 6, 5, 4]);
  expect([...turn(picture, at, 1, { transpose: true, flipRows: true, flipColumns: false })]).toEqual([
    3, 6, 2, 5, 1, 4,
  ]);
});

it('keeps the channels of a pixel together', () => {
  const picture = Float32Array.of(1, 2, 3, 4);
  expect([...turn(picture, { height: 1, width: 2 }, 2, { ...UPRIGHT, flipColumns: true })]).toEqual([
    3, 4, 1, 2,
  ]);
});

it('comes back', () => {
  fc.assert(
    fc.property(size, anyTurn, (before, by) => {
      const picture = Float32Array.from({ length: before.height * before.width }, (_, i) => i);
      const turned = turn(picture, before, 1, by);
      expect([...turnBack(turned, before, by)]).toEqual([...picture]);
      expect(turnedSize(turnedSize(before, by), by)).toEqual(before);
    }),
  );
});
