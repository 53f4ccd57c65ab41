import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { bundleWorker } from '@d-persona/trainer/serve/bundle-worker.ts';
import { startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { z } from 'zod';
import { childRssMiB } from '../bench-tenants/children.ts';
import { enduranceHospitals } from './endurance-hospitals.ts';
import { Inspector } from './inspected-memory.ts';
import { VariedRequests } from './varied-requests.ts';

/** Memory over some requests. MB are 10⁶ bytes. */
export interface Interval {
  /** Sent since the start. */
  readonly requests: number;
  /** Least JavaScript that was held: what was left when the garbage had just been collected. */
  readonly heap_mb: number;
  /** Least of array buffers. */
  readonly buffers_mb: number;
  /** Most of both together, and the engines. */
  readonly peak_mb: number;
  /** Memories of the engines. */
  readonly engine_mb: number;
  /** Resident memory of the runtime's process, in which much else is. */
  readonly rss_mb: number;
}

export interface Endurance {
  readonly requests: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly intervals: readonly Interval[];
  /** From the second quarter of the requests to the last. */
  readonly grown: { readonly heap_mb: number; readonly buffers_mb: number; readonly engine_mb: number };
  readonly peak_mb: number;
}

const INTERVALS = 20;
/** Requests between two looks. */
const LOOK_EVERY = 5;
const NO_LIMITS = {
  KEY_REQUESTS_PER_MINUTE: 1e6,
  HOSPITAL_REQUESTS_PER_MINUTE: 1e6,
  HOSPITAL_CPU_SECONDS_PER_MINUTE: 1e6,
};
const MB = 1e6;

/** Sends so many varied requests to the Worker in workerd, one after the other, and looks at its isolate meanwhile. */
export async function endure(requests: number, seed = 1, tell = (_: Interval) => {}): Promise<Endurance> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-endurance-'));
  try {
    const hospitals = await enduranceHospitals(new FolderStore(folder));
    const entry = fileURLToPath(new URL('../../test/support/debug-worker.ts', import.meta.url));
    const bundle = await bundleWorker(entry);
    const options = { store: folder, bundle, variables: NO_LIMITS, inspect: true, log: () => undefined };
    const worker = await startWorker(options);
    try {
      const inspector = await Inspector.open(worker.inspector ?? '');
      const varied = new VariedRequests(worker.url, hospitals, seed);
      const statuses: Record<string, number> = {};
      const intervals: Interval[] = [];
      const length = Math.ceil(requests / INTERVALS);
      for (let sent = 0; sent < requests; ) {
        const looks: { heap: number; buffers: number }[] = [];
        for (const end = Math.min(requests, sent + length); sent < end; sent++) {
          const status = await varied.next();
          statuses[status] = (statuses[status] ?? 0) + 1;
          if (sent % LOOK_EVERY === 0) looks.push(await inspector.memory());
        }
        const interval = await summary(sent, looks, worker.url);
        tell(interval);
        intervals.push(interval);
      }
      inspector.close();
      return {
        requests,
        statuses,
        intervals,
        grown: {
          heap_mb: growth(intervals, 'heap_mb'),
          buffers_mb: growth(intervals, 'buffers_mb'),
          engine_mb: growth(intervals, 'engine_mb'),
        },
        peak_mb: Math.max(...intervals.map(({ peak_mb }) => peak_mb)),
      };
    } finally {
      await worker.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function summary(
  requests: number,
  looks: readonly { heap: number; buffers: number }[],
  url: string,
): Promise<Interval> {
  const engine = z.number().parse(await (await fetch(`${url}/debug/engine-bytes`)).json());
  return {
    requests,
    heap_mb: inMB(Math.min(...looks.map(({ heap }) => heap))),
    buffers_mb: inMB(Math.min(...looks.map(({ buffers }) => buffers))),
    peak_mb: inMB(Math.max(...looks.map(({ heap, buffers }) => heap + buffers)) + engine),
    engine_mb: inMB(engine),
    rss_mb: inMB((await childRssMiB()) * 2 ** 20),
  };
}

/** Of the least that was held: from the second quarter, in which everything is loaded, to the last. */
function growth(intervals: readonly Interval[], what: 'heap_mb' | 'buffers_mb' | 'engine_mb'): number {
  const quarter = Math.max(1, Math.floor(intervals.length / 4));
  const least = (some: readonly Interval[]) => Math.min(...some.map((interval) => interval[what]));
  const early = least(intervals.slice(quarter, 2 * quarter));
  return Math.round(100 * (least(intervals.slice(-quarter)) - early)) / 100;
}

function inMB(bytes: number): number {
  return Math.round(bytes / MB / 0.01) / 100;
}
