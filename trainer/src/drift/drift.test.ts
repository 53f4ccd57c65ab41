import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { histogramsOf } from '@d-persona/shared/drift/histogram.ts';
import { publishRelease } from '@d-persona/shared/release/store.ts';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { chooseBackend } from '../backend/choose-backend.ts';
import { main } from '../cli/main.ts';
import { type LedgerEntry, writeHospitalLedger } from '../nightly/hospital-ledger.ts';
import { folderStore, MemoryHospital, randomRelease } from '../nightly/night.fixtures.ts';
import { inputDrift } from './input-drift.ts';
import { liveHistograms } from './live-histograms.ts';
import { readerDrift } from './reader-drift.ts';
import { driftSettingsSchema } from './settings.ts';
import { watchDrift } from './watch-drift.ts';

const settings = driftSettingsSchema.parse({ recentNights: 2 });
/** A histogram of brightness with `n` images from `low` on over a range of 0.3. */
const bright = (n: number, low: number) =>
  histogramsOf(Array.from({ length: n }, (_, i) => ({ brightness: low + (0.3 * (i + 0.5)) / n })));

describe('images', () => {
  test('that are like the training data raise no alarm, brighter ones do, a few of them do not', () => {
    const alert = (n: number, low: number) =>
      inputDrift(bright(n, low), bright(300, 0.2), settings)[0]?.alert;
    expect(alert(100, 0.2)).toBe(false);
    expect(alert(100, 0.4)).toBe(true);
    expect(alert(49, 0.4)).toBe(false);
    expect(inputDrift({}, bright(300, 0.2), settings)).toEqual([]);
  });

  test('count whichever release looked at them, answers only those of the release that serves', () => {
    const of = (area: number) => histogramsOf([{ brightness: 0, area }]);
    const counts = { releases: ['a', 'b'].map((release, i) => ({ release, histograms: of(i) })) };
    const live = liveHistograms(counts, 'b');
    expect(live.brightness?.[0]).toBe(2);
    expect(live.area).toEqual(of(1).area);
  });
});

/** A reader's outlines of one night: Dice around a value, of eight patients. */
function nightOf(night: string, dice: number, persona = 'dr-a'): LedgerEntry[] {
  return Array.from({ length: 8 }, (_, i) => ({
    record: {
      ...{ id: '0'.repeat(32), changed: 1, persona, title: null, group: `${night}-${i}`, size: [1, 1] },
      ...{ image: '', mask: '', received: '2026-01-01T00:00:00Z', withdrawn: false },
    },
    ...{ status: 'accepted', reason: '', night, agreement: dice + 0.01 * (i - 3.5) },
  }));
}

describe('a reader', () => {
  const nights = ['n1', 'n2', 'n3', 'n4'];
  const course = (...dice: number[]) => nights.flatMap((night, i) => nightOf(night, dice[i] as number));

  test('who draws as before raises no alarm; one who agrees less with the persona does', () => {
    const [steady] = readerDrift(course(0.9, 0.88, 0.9, 0.89), nights, settings);
    expect(steady?.alert).toBe(false);
    const [changed] = readerDrift(course(0.9, 0.88, 0.7, 0.72), nights, settings);
    expect(changed).toMatchObject({ alert: true, recent: { cases: 16 }, earlier: { cases: 16 } });
    expect(changed?.recent?.dice).toBeCloseTo(0.71);
    expect(changed?.nights.map(({ dice }) => Number(dice.toFixed(3)))).toEqual([0.9, 0.88, 0.7, 0.72]);
  });

  test('whose single patient differs raises none: that is no more than chance', () => {
    const few = [...nightOf('n1', 0.9), ...nightOf('n2', 0.5).slice(0, 1)];
    expect(readerDrift(few, nights, { ...settings, recentNights: 1 })[0]?.alert).toBe(false);
  });

  test('without a persona yet, or withdrawn, is left out', () => {
    const none = nightOf('n1', 0.9).map((entry) => ({ ...entry, agreement: null }));
    const taken = nightOf('n1', 0.9, 'dr-b').map((entry) => ({ ...entry, status: 'withdrawn' as const }));
    expect(readerDrift([...none, ...taken], nights, settings)).toEqual([]);
  });
});

test('a release that does not say what it learnt from is told of', async () => {
  const api = new MemoryHospital('a'.repeat(64));
  const watched = { api, release: api.current, manifest: {}, entries: [], nights: [] };
  expect(await watchDrift(watched, settings, new Date(0))).toMatchObject({
    inputs: [],
    problem: expect.stringContaining('publish it anew'),
    alerts: [],
  });
});

test('the command tells of a hospital whose images changed, calls the webhook, and ends with 4', async () => {
  await chooseBackend('wasm', 1);
  const { folder, store, remove } = await folderStore();
  onTestFinished(remove);
  const reference = { images: 300, answers: 0, personas: ['rank-1', 'rank-2'], histograms: bright(300, 0.2) };
  const { hash } = await randomRelease(3, reference).then(async (release) => {
    await publishRelease(store, release);
    return release;
  });
  let low = 0.2;
  const posted: unknown[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (request.method === 'POST') request.on('data', (chunk) => posted.push(JSON.parse(String(chunk))));
    const body = path.includes('/drift?since=')
      ? { releases: [{ release: hash, histograms: bright(200, low) }] }
      : { current: hash, previous: null, version: 1, trial: null, releases: [] };
    request
      .resume()
      .on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const file = join(folder, 'nightly.json');
  const hospitals = [{ id: 'h', url, keyVariable: 'DRIFT_TEST_KEY' }];
  await writeFile(
    file,
    JSON.stringify({ folder, store: join(folder, 'store'), hospitals, webhook: `${url}/hook` }),
  );
  const empty = {
    format: 'd-persona-nightly/1' as const,
    cursor: 0,
    trainedOn: {},
    nights: [],
    trial: null,
  };
  await writeHospitalLedger(join(folder, 'hospitals/h'), {
    ...empty,
    entries: [],
  });
  vi.stubEnv('DRIFT_TEST_KEY', 'k');
  onTestFinished(() => void vi.unstubAllEnvs());
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
  onTestFinished(() => printed.mockRestore());
  const run = () => main(['node', 'd-persona', 'drift', '--settings', file, '--json']);
  expect(await run()).toBe(0);
  expect(posted).toEqual([]);
  low = 0.6;
  expect(await run()).toBe(4);
  const told = JSON.parse(String(printed.mock.lastCall?.[0]));
  expect(told).toMatchObject({ alert: true, failures: [], hospitals: [{ hospital: 'h', release: hash }] });
  expect(told.hospitals[0].alerts[0]).toMatch(/brightness of images differs/);
  expect(posted).toHaveLength(1);
});
