import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PAPER } from '@d-persona/shared/engine/random-release.fixtures.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { bundleWorker } from '@d-persona/trainer/serve/bundle-worker.ts';
import { startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { addHospital, serve, syntheticRelease } from '../../test/support/synthetic-release.ts';

/** Milliseconds of the first request to Workers that have just started: code, release from R2, hashes, weights, plan. */
export async function coldStarts(times: number): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-bench-'));
  try {
    const store = new FolderStore(folder);
    await addHospital(store, 'demo', [['segment']]);
    await serve(store, 'demo', await syntheticRelease(1, PAPER, [128, 128]));
    const bundle = await bundleWorker();
    const measured: number[] = [];
    for (let i = 0; i < times; i++) {
      const worker = await startWorker({ store: folder, bundle });
      try {
        const start = performance.now();
        const response = await fetch(`${worker.url}/v1/health`);
        if (!response.ok) throw new Error(`The Worker does not serve: ${await response.text()}`);
        measured.push(performance.now() - start);
      } finally {
        await worker.stop();
      }
    }
    return measured;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
