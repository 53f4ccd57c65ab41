import { expect, it } from 'vitest';
import { toChannels } from './grey.ts';

it('turns RGB into BT.601 luma', () => {
  const rgb = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 10, 20, 30);
  expect([...toChannels(rgb, 3, 1)]).toEqual([76.245, 149.685, 29.07, 255, 18.15].map(Math.fround));
});

it('repeats grey into three channels, and keeps 16 bits', () => {
  expect([...toChannels(Uint16Array.of(7, 60_000), 1, 3)]).toEqual([7, 7, 7, 60_000, 60_000, 60_000]);
});

it('copies when nothing is to do', () => {
  const data = Float32Array.of(1.5, 2.5);
  const out = toChannels(data, 1, 1);
  expect([...out]).toEqual([1.5, 2.5]);
  expect(out).not.toBe(data);
});
