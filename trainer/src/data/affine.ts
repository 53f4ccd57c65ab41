import type { Random } from '@d-persona/shared/random.ts';
import type { Augmentation } from './augmentation.ts';

/** Where an output pixel (x, y) comes from: (a·x + b·y + tx, c·x + d·y + ty), both in pixels of the input. */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly tx: number;
  readonly ty: number;
}

export const IDENTITY: Affine = { a: 1, b: 0, c: 0, d: 1, tx: 0, ty: 0 };

/** Cosine and sine of quarter turns, exact. */
const TURNS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/**
 * Draws flips, turns, scale, rotation and shift as one map, so that pixels are interpolated once at most. Everything
 * turns about the middle of the input of `size` × `size`.
 */
export function drawAffine(augmentation: Augmentation, size: number, random: Random): Affine {
  const { flips, quarterTurns, shift, scale, rotation } = augmentation;
  const [turnCos, turnSin] = TURNS[quarterTurns ? random.integer(4) : 0] as (typeof TURNS)[number];
  const mirrorX = flips && random.integer(2) === 1 ? -1 : 1;
  const mirrorY = flips && random.integer(2) === 1 ? -1 : 1;
  const shiftX = shift > 0 ? random.integer(2 * shift + 1) - shift : 0;
  const shiftY = shift > 0 ? random.integer(2 * shift + 1) - shift : 0;
  const angle = rotation > 0 ? ((2 * random.uniform() - 1) * rotation * Math.PI) / 180 : 0;
  const step = scale > 0 ? 1 / (1 + (2 * random.uniform() - 1) * scale) : 1;
  const cos = step * (Math.cos(angle) * turnCos - Math.sin(angle) * turnSin);
  const sin = step * (Math.sin(angle) * turnCos + Math.cos(angle) * turnSin);
  const [a, b, c, d] = [cos * mirrorX, -sin * mirrorY, sin * mirrorX, cos * mirrorY];
  const middle = (size - 1) / 2;
  return { a, b, c, d, tx: middle - (a + b) * middle - shiftX, ty: middle - (c + d) * middle - shiftY };
}

/** Whether every output pixel falls on a pixel, so that nothing needs to be interpolated. */
export function isExact({ a, b, c, d, tx, ty }: Affine): boolean {
  return [a, b, c, d, tx, ty].every(Number.isInteger);
}
