import type { DriftCounts } from '@d-persona/shared/contract/drift.ts';
import { type Histograms, statisticSchema } from '@d-persona/shared/drift/histogram.ts';

/** Answers are those of a release; images are the same whoever looks at them. */
const OF_ANSWERS: ReadonlySet<string> = new Set(['area', 'disagreement']);

/** A hospital's images, whichever release looked at them, and the answers of one release. */
export function liveHistograms({ releases }: DriftCounts, release: string): Histograms {
  const live: Histograms = {};
  for (const one of releases) {
    for (const statistic of statisticSchema.options) {
      const counts = one.histograms[statistic];
      if (counts === undefined || (OF_ANSWERS.has(statistic) && one.release !== release)) continue;
      const before = live[statistic];
      live[statistic] = counts.map((count, bin) => count + (before?.[bin] ?? 0));
    }
  }
  return live;
}
