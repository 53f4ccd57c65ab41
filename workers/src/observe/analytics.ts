import type { Observation } from './metrics.ts';
import type { Stage } from './stages.ts';

/** What is used of a dataset binding of Cloudflare's Analytics Engine. */
export interface AnalyticsDataset {
  writeDataPoint(point: { indexes: string[]; blobs: string[]; doubles: number[] }): void;
}

/** One request, for counting over all isolates. */
export interface Point extends Observation {
  readonly hospital: string | undefined;
  readonly release: string | undefined;
}

/** In the order of `double4` and on. */
const STAGES: readonly Stage[] = ['read', 'queue', 'decode', 'features', 'prompts', 'decoder', 'encode'];

/**
 * Writes a point: sampled by hospital (`index1`); `blob1` method, `blob2` route, `blob3` release; `double1` 1 (times
 * `_sample_interval` it counts requests), `double2` status, `double3` milliseconds, then milliseconds by stage. Nothing
 * of what was sent. Not waited for, and never the reason that a request fails.
 */
export function writePoint(
  dataset: AnalyticsDataset,
  { method, route, status, ms, stages, hospital, release }: Point,
): void {
  const spent = new Map(stages);
  try {
    dataset.writeDataPoint({
      indexes: [hospital ?? 'none'],
      blobs: [method, route, release ?? ''],
      doubles: [1, status, ms, ...STAGES.map((stage) => spent.get(stage) ?? 0)],
    });
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    console.error(JSON.stringify({ level: 'error', error: name, message: 'no analytics' }));
  }
}
