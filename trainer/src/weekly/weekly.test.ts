import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { publishRelease } from '@d-persona/shared/release/store.ts';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { chooseBackend } from '../backend/choose-backend.ts';
import { slotFiles, writeFiles } from '../data/dataset.fixtures.ts';
import { readHospitalLedger } from '../nightly/hospital-ledger.ts';
import { serveHospitals } from '../nightly/hospital-server.fixtures.ts';
import { drawnWith, folderStore, MemoryHospital, randomRelease } from '../nightly/night.fixtures.ts';
import { runNightly } from '../nightly/run-nightly.ts';
import { nightlySettingsSchema } from '../nightly/settings.ts';
import { runWeekly } from './run-weekly.ts';
import { withOwnOutlines } from './shared-images.ts';

const NUMBERS = Array.from({ length: 40 }, (_, i) => i);
let place: Awaited<ReturnType<typeof folderStore>>;
let data: string;
beforeAll(async () => {
  await chooseBackend('wasm', 1);
  place = await folderStore();
  data = await writeFiles(slotFiles(Array.from({ length: 12 }, (_, p) => [10 + p, 20 + p])));
});
afterAll(() => place.remove());

test("a reader's outline takes the place of the persona most like it, each persona's once", () => {
  const of = (...pixels: number[]) => Uint8Array.from(pixels);
  const drawn = [of(1, 0, 0, 0), of(1, 1, 1, 0), of(1, 1, 1, 1)];
  const own = of(1, 1, 0, 0);
  // Dice 2/3, 4/5, 2/3 with the three; then 2/3 with the first and the last of those left.
  expect(withOwnOutlines([own], drawn)).toEqual([drawn[0], own, drawn[2]]);
  expect(withOwnOutlines([own, own], drawn)).toEqual([own, own, drawn[2]]);
  expect(withOwnOutlines([], drawn)).toEqual(drawn);
});

test('a week trains on those who consented alone, and moves nobody where one would be worse', async () => {
  const release = await randomRelease(9);
  await publishRelease(place.store, release);
  const outlines = await drawnWith(release, NUMBERS, [1, 1]);
  const hospitals = new Map(['north', 'south'].map((id) => [id, new MemoryHospital(release.hash)]));
  for (const hospital of hospitals.values())
    for (const number of NUMBERS) hospital.annotate('dr-new', number, outlines[number] as Uint8Array);
  const server = await serveHospitals(hospitals);
  onTestFinished(server.close);
  const training = { steps: 60, batch: 8, bank: 50, learningRate: 3e-3 };
  const small = { learningRate: 1e-3, warmup: 0, batch: 2 };
  const settings = nightlySettingsSchema.parse({
    ...{ folder: join(place.folder, 'nightly'), store: join(place.folder, 'store'), training },
    hospitals: ['north', 'south'].map((id) => {
      return { id, url: server.url, keyVariable: 'K', consent: id === 'north' };
    }),
    check: { minimumDice: 0, deviations: 1000, minimumPixels: 1 },
    ...{ minimumNewCases: 4, minimumPatients: 4, resamples: 200 },
    weekly: {
      ...{ data, maxLoss: 1, minimumCases: 5 },
      config: {
        ...{ size: 16, architecture: { widths: [4, 8], latent: 2, head: { widths: [4] } } },
        ...{ stage1: { steps: 2, ...small }, stage2: { steps: 1, ...small } },
      },
    },
  });
  const told = vi.fn();
  const run = { settings, env: { K: 'k' }, now: () => new Date('2026-02-01T02:00:00Z'), tell: told };
  const night = await runNightly({ ...run, night: 'n1' });
  expect(night.hospitals.map(({ decision }) => decision)).toEqual(['promoted', 'promoted']);
  const served = [...hospitals.values()].map(({ current }) => current);

  const week = await runWeekly({ ...run, night: 'w1' });
  // A core of three steps cannot be as good as what was learnt from.
  expect(week).toMatchObject({
    decision: 'refused',
    hospitals: [{ verdict: 'worse' }, { verdict: 'worse' }],
  });
  const { cases } = await readCases('north');
  expect(week.sharedImages).toBe(cases);
  expect([...hospitals.values()].map(({ current }) => current)).toEqual(served);
  await expect(access(join(settings.folder, 'weeks/w1/job/input'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await runWeekly({ ...run, night: 'w1' })).toEqual(week);

  // The same comparison where a loss counts for none: all that can be judged move, and their heads have learnt.
  const easy = await runWeekly({ ...run, night: 'w2', settings: { ...settings, tolerance: 1 } });
  expect(easy).toMatchObject({
    decision: 'promoted',
    hospitals: [{ verdict: 'moves' }, { verdict: 'moves' }],
  });
  for (const [i, { current, promotions }] of [...hospitals.values()].entries()) {
    expect(current).toBe(easy.hospitals[i]?.release);
    expect(promotions).toHaveLength(2);
  }

  async function readCases(id: string) {
    const { trainedOn } = await readHospitalLedger(join(settings.folder, 'hospitals', id));
    return { cases: trainedOn['dr-new']?.length };
  }
}, 300_000);
