/** What makes an image worth showing. */
export interface Candidate {
  readonly id: string;
  readonly patient: string;
  /** All raters are there. */
  readonly complete: boolean;
  /** Mean pixels of its outlines. */
  readonly area: number;
  /** Mean distance 1 − IoU of its raters. */
  readonly disagreement: number;
}

/** Disagreement of the images shown, as quantiles: from those on which raters nearly agree to those on which not. */
const RANGE = [0.3, 0.95] as const;

/**
 * Picks images of different patients, from little to much disagreement, among the larger half of what was outlined:
 * the smallest findings are a few pixels, on which nothing is to be seen. A function of the images alone.
 *
 * @returns their ids, in that order
 */
export function chooseCases(candidates: readonly Candidate[], count: number): string[] {
  const complete = candidates.filter((candidate) => candidate.complete);
  const pool = complete.length > 0 ? complete : candidates;
  const byArea = [...pool].sort((a, b) => b.area - a.area);
  const large = byArea.slice(0, Math.max(count, Math.ceil(byArea.length / 2)));
  const sorted = large.sort((a, b) => a.disagreement - b.disagreement || (a.id < b.id ? -1 : 1));
  const chosen: Candidate[] = [];
  for (let i = 0; i < count; i++) {
    const quantile = RANGE[0] + ((RANGE[1] - RANGE[0]) * i) / Math.max(1, count - 1);
    const target = Math.round(quantile * (sorted.length - 1));
    const next = [...sorted.keys()]
      .filter((k) => chosen.every(({ patient }) => patient !== sorted[k]?.patient))
      .sort((a, b) => Math.abs(a - target) - Math.abs(b - target))[0];
    if (next !== undefined) chosen.push(sorted[next] as Candidate);
  }
  return chosen.sort((a, b) => a.disagreement - b.disagreement).map(({ id }) => id);
}
