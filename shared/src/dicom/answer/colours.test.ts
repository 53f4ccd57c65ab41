import { describe, expect, it } from 'vitest';
import { segmentColour, toCieLab } from './colours.ts';

describe('colours of segments', () => {
  it.each([
    // L*, a*, b* by the ICC's sRGB profile (D50).
    [[255, 255, 255], 100, 0, 0],
    [[0, 0, 0], 0, 0, 0],
    [[255, 0, 0], 54.29, 80.81, 69.89],
    [[0, 0, 255], 29.57, 68.3, -112.03],
  ] as const)('%j as CIELab', (colour, l, a, b) => {
    const [L, A, B] = toCieLab(colour);
    expect((L / 65535) * 100).toBeCloseTo(l, 1);
    expect((A / 65535) * 255 - 128).toBeCloseTo(a, 1);
    expect((B / 65535) * 255 - 128).toBeCloseTo(b, 1);
  });

  it('differ for the first seven segments', () => {
    expect(new Set([0, 1, 2, 3, 4, 5, 6].map((i) => segmentColour(i).join())).size).toBe(7);
    expect(segmentColour(7)).toEqual(segmentColour(0));
  });
});
