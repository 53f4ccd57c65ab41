import { resample } from '@d-persona/shared/mask/resample.ts';
import type { VolumeSet } from './volume.ts';

interface Size {
  readonly height: number;
  readonly width: number;
}

/** Standard deviations that 16 bits reach, either way. */
const REACH = 8;
const MIDDLE = 2 ** 15;
const MOST = 2 ** 16 - 1;

/** How values become whole numbers of 16 bits: 4096 for a standard deviation, or one for a unit, about the middle. */
const STEPS: Readonly<Record<VolumeSet['values'], number>> = { standardised: MIDDLE / REACH, units: 1 };

/** Brings a slice to another size: linear, and averaged where it shrinks. */
export function resized(data: Float32Array, from: Size, to: Size, channels: number): Float32Array {
  if (from.height === to.height && from.width === to.width) return data;
  return resample(
    data,
    { source: from.height, start: 0, length: from.height, outputs: to.height },
    { source: from.width, start: 0, length: from.width, outputs: to.width },
    channels,
  ).data;
}

/** The same of a mask: pixels of which at least half was inside. */
export function resizedMask(mask: Uint8Array, from: Size, to: Size): Uint8Array {
  if (from.height === to.height && from.width === to.width) return mask;
  const shares = resized(Float32Array.from(mask), from, to, 1);
  return Uint8Array.from(shares, (share) => (share >= 0.5 ? 1 : 0));
}

/** Values as 16 bits; what is beyond them is clipped. */
export function quantised(values: Float32Array, kind: VolumeSet['values']): Uint16Array {
  const step = STEPS[kind];
  const out = new Uint16Array(values.length); // a loop: the typed array's own `from` takes tens of times as long
  for (let i = 0; i < out.length; i++) {
    out[i] = Math.min(MOST, Math.max(0, Math.round(MIDDLE + step * (values[i] as number))));
  }
  return out;
}
