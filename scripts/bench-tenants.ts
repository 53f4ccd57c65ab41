import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { type Load, measureLoad } from './bench-tenants/load.ts';
import { makeHospitals } from './bench-tenants/make-hospitals.ts';
import { measurePromotions } from './bench-tenants/promotions.ts';

/** Hospitals, by whether they share the heads too. */
const COUNTS = { shared: [1, 10, 1000], own: [1, 10, 30] } as const;
const SECONDS = 5;
/** It is computing that is measured here, not what the limits allow. */
const NO_LIMITS = {
  KEY_REQUESTS_PER_MINUTE: 1e6,
  HOSPITAL_REQUESTS_PER_MINUTE: 1e6,
  HOSPITAL_CPU_SECONDS_PER_MINUTE: 1e6,
};

/**
 * Requests per second of computing time at the persona endpoint, asked of many hospitals in turn, which share one
 * release, or have heads of their own on its core; then promotions under load, each answer compared with what its
 * release says in peace. Images are new ones each time. A few minutes: `npm run bench:tenants -- [--json]`.
 */
async function main(args: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-tenants-'));
  try {
    console.error('Making hospitals …');
    const counts = { shared: Math.max(...COUNTS.shared), own: Math.max(...COUNTS.own) };
    const hospitals = await makeHospitals(new FolderStore(folder), counts);
    console.error('Starting the Worker …');
    const worker = await startWorker({ store: folder, variables: NO_LIMITS, log: () => undefined });
    try {
      const results: (Load & { hospitals: number; heads: string })[] = [];
      for (const heads of ['shared', 'own'] as const) {
        for (const count of COUNTS[heads]) {
          const load = await measureLoad(worker.url, hospitals[heads].slice(0, count), SECONDS);
          results.push({ hospitals: count, heads, ...load });
          console.error(`${count} hospitals, ${heads} heads: ${JSON.stringify(load)}`);
        }
      }
      const promotion = await measurePromotions(worker.url, hospitals.switching);
      if (args.includes('--json')) console.log(JSON.stringify({ seconds: SECONDS, results, promotion }));
      else {
        console.table(results);
        console.table(promotion);
      }
    } finally {
      await worker.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
