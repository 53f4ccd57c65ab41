/** Half the probability 0.001 of telling two samples of one source apart: √(−½ ln(0.001 / 2)). */
const CRITICAL = 1.949;

/** How far two histograms of the same bins are apart. */
export interface Distance {
  /** Kolmogorov–Smirnov: the largest difference of the cumulative shares, 0 to 1. */
  readonly distance: number;
  /** What chance alone exceeds once in a thousand times (two-sample Kolmogorov–Smirnov test). */
  readonly chance: number;
}

/** @returns null where one of them is empty */
export function distanceOf(a: readonly number[], b: readonly number[]): Distance | null {
  const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  const [n, m] = [total(a), total(b)];
  if (n === 0 || m === 0) return null;
  let [distance, upToA, upToB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    upToA += (a[i] as number) / n;
    upToB += (b[i] ?? 0) / m;
    distance = Math.max(distance, Math.abs(upToA - upToB));
  }
  return { distance, chance: CRITICAL * Math.sqrt((n + m) / (n * m)) };
}
