import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import { listReleases, loadRelease, promoteRelease } from '@d-persona/shared/release/store.ts';
import { ensureHospital } from '@d-persona/trainer/publish/ensure-hospital.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { type RunningWorker, startWorker } from '@d-persona/trainer/serve/serve-worker.ts';

const HOSPITAL = 'demo';

/** A Worker that serves one release, and who may ask it. */
export interface Served {
  readonly worker: RunningWorker;
  readonly hospital: string;
  readonly key: string;
  readonly manifest: Manifest;
}

/**
 * Serves a store's only release to a hospital with a new key. The store is written to: give a copy.
 *
 * @param port 0: any free one
 * @throws InputError `no-release` where there is none or several; ReleaseError where a byte of it was altered
 */
export async function serveShipped(folder: string, port: number): Promise<Served> {
  const store = new FolderStore(folder);
  const [hash, another] = await listReleases(store);
  if (hash === undefined || another !== undefined) {
    throw new InputError({
      code: 'no-release',
      input: folder,
      problem: hash === undefined ? 'holds no release' : 'holds several releases',
      remedy: 'Give the folder of a store with one release; d-persona serve serves several',
    });
  }
  const { manifest } = await loadRelease(store, hash, servingSpecs);
  const key = await ensureHospital(store, HOSPITAL, new Date());
  if (key === undefined) throw new Error(`${folder} has a hospital ${HOSPITAL} already`);
  await promoteRelease(store, HOSPITAL, hash);
  return { worker: await startWorker({ store: folder, port }), hospital: HOSPITAL, key, manifest };
}

/** The first picture among a release's examples. @throws InputError where there is none */
export async function aTestImage(release: string): Promise<string> {
  const files = await readdir(join(release, 'examples'), { recursive: true }).catch(() => []);
  const [image] = files.filter((file) => /(^|[\\/])images[\\/].*\.png$/.test(file)).sort();
  if (image !== undefined) return join(release, 'examples', image);
  throw new InputError({
    code: 'no-example',
    input: join(release, 'examples'),
    problem: 'holds no image',
    remedy: 'Make the release with scripts/ship-release.ts',
  });
}
