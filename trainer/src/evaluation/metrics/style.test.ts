import { describe, expect, it } from 'vitest';
import { perimeter, styleError } from './style.ts';

/** A rectangle at the upper left of an 8 × 8 image. */
const box = (width: number, height: number, holes: readonly number[] = []) =>
  Uint8Array.from({ length: 64 }, (_, i) =>
    i % 8 < width && Math.floor(i / 8) < height && !holes.includes(i) ? 1 : 0,
  );
const none = new Uint8Array(64);

describe('perimeter', () => {
  it('counts edges of pixels, those of holes and at the border of the image too', () => {
    expect(perimeter(box(3, 2), 8)).toBe(10);
    expect(perimeter(box(8, 8), 8)).toBe(32);
    expect(perimeter(box(3, 3, [9]), 8)).toBe(16);
    expect(perimeter(none, 8)).toBe(0);
  });
});

describe('styleError', () => {
  const raters = [box(2, 2), box(4, 4)];

  it("is the raters' own variance for one mask for everybody, whatever that mask is", () => {
    const variance = (Math.log(4) - Math.log(16)) ** 2 / 4; // two values, half their difference squared
    for (const one of [box(3, 3), box(6, 2), none]) {
      expect(styleError([one, one], raters, 8).area).toBeCloseTo(variance, 12);
    }
    expect(styleError([box(3, 3), box(3, 3)], raters, 8).outline).toBeCloseTo(0, 12); // squares alike
  });

  it('is 0 where personas differ as their raters do, at another size', () => {
    const { area, outline } = styleError([box(1, 2), box(2, 4)], raters, 8);
    expect(area).toBeCloseTo(0, 12);
    expect(outline).toBeCloseTo(0, 12);
  });

  it('tells outlines apart that have the same area', () => {
    const compact = box(4, 2);
    const long = box(8, 1);
    expect(styleError([compact, long], [compact, long], 8).outline).toBeCloseTo(0, 12);
    const half = Math.log(18 ** 2 / 12 ** 2) / 2;
    expect(styleError([compact, compact], [compact, long], 8).outline).toBeCloseTo(half ** 2, 12);
    expect(styleError([long, compact], [compact, long], 8).outline).toBeCloseTo((2 * half) ** 2, 12);
  });

  it('leaves out who is not there, and cannot be told of one', () => {
    const three = [...raters, box(7, 7)];
    expect(styleError(three, three, 8, [true, true, false])).toEqual(styleError(raters, raters, 8));
    expect(styleError(raters, raters, 8, [true, false]).area).toBeNaN();
    expect(styleError(raters, [box(2, 2), none], 8).outline).toBeNaN();
  });
});
