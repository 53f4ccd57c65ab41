/**
 * Ranks masks by area, smallest first; equal areas keep their order, so that ranks do not depend on the machine.
 * Done once for a sample, before augmentation, which could change areas and with them the ranks.
 *
 * @returns indices into `areas`
 */
export function rankByArea(areas: readonly number[]): number[] {
  return areas.map((_, i) => i).sort((a, b) => (areas[a] as number) - (areas[b] as number) || a - b);
}

/**
 * The ranks that k masks stand for among R when R − k readers did not outline: the i-th of k lies at the quantile
 * (i + ½)/k and takes the rank whose quantile (s + ½)/R is nearest, ties towards the middle (and, in the very middle,
 * the lower). So one of four masks is rank 2, and two are ranks 2 and 3, not the extremes. All ranks differ.
 *
 * @returns k ranks, 0-based, rising
 */
export function ranksOfSome(k: number, ranks: number): number[] {
  return Array.from({ length: k }, (_, i) => {
    const exact = ((i + 0.5) * ranks) / k - 0.5;
    return exact < (ranks - 1) / 2 ? Math.floor(exact + 0.5) : Math.ceil(exact - 0.5);
  });
}
