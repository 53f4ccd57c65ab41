import {
  BINS,
  binOf,
  entriesOf,
  type Histograms,
  noCounts,
  type Observed,
  statisticSchema,
} from '@d-persona/shared/drift/histogram.ts';
import { z } from 'zod';
import type { Bound, Sql } from '../store/database.ts';
import { StoreUnavailable } from '../store/store-unavailable.ts';

const rowSchema = z.object({
  release: z.string(),
  statistic: statisticSchema,
  bin: z
    .int()
    .min(0)
    .max(BINS - 1),
  count: z.int(),
});

const COUNT = `INSERT INTO drift (hospital, release, statistic, day, bin, count) VALUES (?, ?, ?, ?, ?, 1)
  ON CONFLICT (hospital, release, statistic, day, bin) DO UPDATE SET count = count + 1`;

/** Counts what images and answers are like, by hospital, release and day. */
export class DriftLog {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Counts one image, or one answer. What cannot be written is not counted: these are shares, not a record. */
  async add(hospital: string, release: string, ms: number, observed: Observed): Promise<void> {
    const day = new Date(ms).toISOString().slice(0, 10);
    const counts = entriesOf(observed).map(([statistic, value]): Bound => {
      return [COUNT, hospital, release, statistic, day, binOf(statistic, value)];
    });
    if (counts.length === 0) return;
    await this.#sql.write(...counts).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error;
    });
  }

  /** Histograms by release. @param since first day @param until first day that no longer counts */
  async histograms(hospital: string, since: string, until: string): Promise<Map<string, Histograms>> {
    const rows = await this.#sql.rows(
      rowSchema,
      `SELECT release, statistic, bin, sum(count) AS count FROM drift
        WHERE hospital = ? AND day >= ? AND day < ? GROUP BY release, statistic, bin ORDER BY release`,
      ...([hospital, since, until] as const),
    );
    const byRelease = new Map<string, Histograms>();
    for (const { release, statistic, bin, count } of rows) {
      const histograms: Histograms = byRelease.get(release) ?? {};
      byRelease.set(release, histograms);
      const counts = histograms[statistic] ?? noCounts();
      histograms[statistic] = counts;
      counts[bin] = count;
    }
    return byRelease;
  }
}
