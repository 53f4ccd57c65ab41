import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { type BenchHospital, type Load, measureLoad } from './bench-tenants/load.ts';
import { makeHospitals } from './bench-tenants/make-hospitals.ts';

/** Hospitals, by whether they share the heads too. */
const COUNTS = { shared: [1, 10, 1000], own: [1, 10, 30] } as const;
const SECONDS = 5;

/**
 * Requests per second of computing time at the persona endpoint, asked of many hospitals in turn, which share one
 * release, or have heads of their own on its core (these alone with --own). Images are new ones each time.
 */
async function main(args: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-tenants-'));
  const results: (Load & { hospitals: number; heads: string })[] = [];
  try {
    for (const heads of args.includes('--own') ? (['own'] as const) : (['shared', 'own'] as const)) {
      const store = new FolderStore(join(folder, heads));
      const hospitals: BenchHospital[] = await makeHospitals(store, Math.max(...COUNTS[heads]), heads);
      const worker = await startWorker({ store: join(folder, heads), log: () => undefined });
      try {
        for (const count of COUNTS[heads]) {
          const load = await measureLoad(worker.url, hospitals.slice(0, count), SECONDS);
          results.push({ hospitals: count, heads, ...load });
          console.error(`${count} hospitals, ${heads} heads: ${JSON.stringify(load)}`);
        }
      } finally {
        await worker.stop();
      }
    }
    if (args.includes('--json')) console.log(JSON.stringify({ seconds: SECONDS, results }));
    else console.table(results);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
