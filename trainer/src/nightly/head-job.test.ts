import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { loadManifest, publishRelease } from '@d-persona/shared/release/store.ts';
import { expect, onTestFinished, test } from 'vitest';
import { chooseBackend } from '../backend/choose-backend.ts';
import { hospitalNight } from './hospital-night.ts';
import { drawnWith, folderStore, MemoryHospital, nightContext, randomRelease } from './night.fixtures.ts';

const D_PERSONA = fileURLToPath(new URL('../../bin/d-persona.ts', import.meta.url));

test('a head that is trained as a job on a machine is the one that is trained here, started once', async () => {
  await chooseBackend('wasm', 1);
  const release = await randomRelease(9);
  const numbers = Array.from({ length: 24 }, (_, i) => i);
  const outlines = await drawnWith(release, numbers, [1, 1]);
  const night = async (changes: Record<string, unknown>) => {
    const place = await folderStore();
    onTestFinished(place.remove);
    await publishRelease(place.store, release);
    const api = new MemoryHospital(release.hash);
    for (const number of numbers) api.annotate('dr-new', number, outlines[number] as Uint8Array);
    const training = { steps: 20, batch: 8, bank: 50, learningRate: 3e-3 };
    const context = nightContext(api, place, 'n1', { training, ...changes });
    const report = await hospitalNight(context);
    const { parts } = await loadManifest(place.store, report.release ?? release.hash, servingSpecs);
    return { report, parts, folder: context.folder };
  };
  const here = await night({});
  const program = [process.execPath, D_PERSONA];
  const there = await night({ machine: { on: { kind: 'local' }, program } });
  expect(there.report.heads[0]?.judgement).toEqual(here.report.heads[0]?.judgement);
  expect(there.parts['personas.bin']).toEqual(here.parts['personas.bin']);
  const job = join(there.folder, 'nights/n1/job-dr-new');
  const ledger = JSON.parse(await readFile(join(job, 'ledger.json'), 'utf8'));
  expect(ledger).toMatchObject({ machine: 'local', fetched: true, attempts: [{ outcome: 'done' }] });
  // No image stays behind.
  await expect(access(join(job, 'input'))).rejects.toMatchObject({ code: 'ENOENT' });
});
