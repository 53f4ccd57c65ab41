import { expect, it } from 'vitest';
import type { Image8or16 } from '../image/image8or16.ts';
import { maskOf } from './mask.fixtures.ts';
import { OUTLINE_COLOURS, outlineOverlay } from './overlay.ts';

const grey = (data: Uint8Array | Uint16Array, bitDepth: 8 | 16 = 8): Image8or16 => ({
  height: 5,
  width: 5,
  channels: 1,
  bitDepth,
  data,
});
const pixel = (data: ArrayLike<number>, x: number, y: number) =>
  [0, 1, 2].map((c) => data[3 * (5 * y + x) + c]);

it('draws the rim inside the mask and leaves the rest of the picture as it is', () => {
  const mask = maskOf(['.....', '.###.', '.###.', '.###.', '.....']);
  const { data, channels } = outlineOverlay(grey(new Uint8Array(25).fill(90)), [mask]);
  expect(channels).toBe(3);
  for (const [x, y] of [
    [1, 1],
    [2, 1],
    [1, 2],
    [3, 3],
  ] as const) {
    expect(pixel(data, x, y)).toEqual(OUTLINE_COLOURS[0]);
  }
  for (const [x, y] of [
    [0, 0],
    [2, 2],
    [4, 4],
  ] as const) {
    expect(pixel(data, x, y)).toEqual([90, 90, 90]);
  }
});

it('gives each mask its own colour, the later one on top', () => {
  const first = maskOf(['##...', '.....', '.....', '.....', '.....']);
  const second = maskOf(['.##..', '.....', '.....', '.....', '.....']);
  const { data } = outlineOverlay(grey(new Uint8Array(25)), [first, second]);
  expect(pixel(data, 0, 0)).toEqual(OUTLINE_COLOURS[0]);
  expect(pixel(data, 1, 0)).toEqual(OUTLINE_COLOURS[1]);
  expect(new Set(OUTLINE_COLOURS.map(String)).size).toBe(OUTLINE_COLOURS.length);
});

it('stretches 16 bits from the least to the largest value', () => {
  const values = Uint16Array.from({ length: 25 }, (_, i) => 1000 + 100 * i);
  const { data } = outlineOverlay(grey(values, 16), []);
  expect(pixel(data, 0, 0)).toEqual([0, 0, 0]);
  expect(pixel(data, 2, 2)).toEqual([128, 128, 128]); // 12 of 24 steps: 127.5
  expect(pixel(data, 4, 4)).toEqual([255, 255, 255]);
});

it('keeps the colours of a colour picture', () => {
  const image: Image8or16 = { height: 1, width: 1, channels: 3, bitDepth: 8, data: Uint8Array.of(1, 2, 3) };
  expect([...outlineOverlay(image, []).data]).toEqual([1, 2, 3]);
});

it('refuses a mask of another size as a bug', () => {
  expect(() => outlineOverlay(grey(new Uint8Array(25)), [maskOf(['#'])])).toThrow(RangeError);
});
