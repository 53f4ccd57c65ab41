import { overlap, type PackedMasks } from './packed-masks.ts';

/** Rows of numbers: `matrix[i][j]` compares mask i of the first set with mask j of the second. */
export type Matrix = readonly (readonly number[])[];

/** Dice of two masks by their shared and own areas, in [0, 1]; two empty masks agree: 1. */
export function dice(shared: number, areaA: number, areaB: number): number {
  return areaA + areaB === 0 ? 1 : (2 * shared) / (areaA + areaB);
}

/** 1 − IoU of two masks, in [0, 1]; two empty masks have distance 0. */
export function iouDistance(shared: number, areaA: number, areaB: number): number {
  const union = areaA + areaB - shared;
  return union === 0 ? 0 : 1 - shared / union;
}

/** Dice of every mask of `a` (rows) with every mask of `b` (columns). */
export function diceMatrix(a: PackedMasks, b: PackedMasks): Matrix {
  return pairwise(a, b, dice);
}

/** 1 − IoU of every mask of `a` (rows) and every mask of `b` (columns). */
export function iouDistanceMatrix(a: PackedMasks, b: PackedMasks): Matrix {
  return pairwise(a, b, iouDistance);
}

function pairwise(a: PackedMasks, b: PackedMasks, compare: typeof dice): Matrix {
  return a.areas.map((areaA, i) => b.areas.map((areaB, j) => compare(overlap(a, i, b, j), areaA, areaB)));
}
