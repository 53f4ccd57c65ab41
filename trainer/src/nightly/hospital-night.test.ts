import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';
import { loadManifest, publishRelease } from '@d-persona/shared/release/store.ts';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { chooseBackend } from '../backend/choose-backend.ts';
import { readHospitalLedger } from './hospital-ledger.ts';
import { hospitalNight } from './hospital-night.ts';
import { nextLedger } from './next-ledger.ts';
import { drawnWith, folderStore, MemoryHospital, nightContext, randomRelease } from './night.fixtures.ts';
import type { NightHead } from './night-results.ts';
import type { Pulled } from './pull-night.ts';

let release: EncodedRelease;
let outlines: Uint8Array[];
let others: Uint8Array[];
const NUMBERS = Array.from({ length: 40 }, (_, i) => i);
beforeAll(async () => {
  await chooseBackend('wasm', 1);
  release = await randomRelease(9);
  outlines = await drawnWith(release, NUMBERS, [1, 1]);
  others = await drawnWith(release, NUMBERS, [-1, 1]);
});

let place: Awaited<ReturnType<typeof folderStore>>;
let api: MemoryHospital;
beforeEach(async () => {
  place = await folderStore();
  onTestFinished(place.remove);
  await publishRelease(place.store, release);
  api = new MemoryHospital(release.hash);
});

const hand = (from: number, to: number, persona = 'dr-new') =>
  NUMBERS.slice(from, to).map((number) => api.annotate(persona, number, outlines[number] as Uint8Array));
const ledger = () => readHospitalLedger(join(place.folder, 'h'));
const night = (name: string, changes = {}) => hospitalNight(nightContext(api, place, name, changes));

describe('a night', () => {
  test('learns a new reader from their outlines, and serves the better persona on the same core', async () => {
    hand(0, 30);
    const report = await night('n1');
    expect(report).toMatchObject({ decision: 'promoted', taken: 30, setAside: [], withdrawn: 0 });
    expect(report.heads).toMatchObject([
      { persona: 'dr-new', own: false, judgement: { decision: 'publish' } },
    ]);
    const [head] = report.heads;
    expect(head?.judgement.after).toBeGreaterThan(head?.judgement.before as number);
    expect(api.promotions).toEqual([report.release]);
    const parent = release.manifest;
    const manifest = await loadManifest(place.store, report.release as string, servingSpecs);
    expect(manifest.personas.map(({ id }) => id)).toEqual(['rank-1', 'rank-2', 'dr-new']);
    expect(manifest.personas[2]).toMatchObject({ title: 'Dr dr-new', kind: 'person' });
    expect(manifest.parts['core.bin']).toEqual(parent.parts['core.bin']);
    const { entries, trainedOn, cursor } = await ledger();
    expect(entries).toHaveLength(30);
    expect(cursor).toBe(30);
    // What was held out was not learnt from.
    expect(trainedOn['dr-new']?.length).toBeLessThan(30);
    expect((trainedOn['dr-new']?.length ?? 0) + (head?.judgement.heldOut.images ?? 0)).toBe(30);
  });

  test('does nothing when it is run again, and nothing when there is nothing new', async () => {
    hand(0, 30);
    const first = await night('n1');
    const before = await readFile(join(place.folder, 'h/ledger.json'), 'utf8');
    expect(await night('n1')).toEqual(first);
    expect(await readFile(join(place.folder, 'h/ledger.json'), 'utf8')).toBe(before);
    expect(await night('n2')).toMatchObject({ decision: 'nothing', taken: 0, heads: [] });
    expect(api.promotions).toHaveLength(1);
  });

  test('that is killed after any step goes on there, and ends as one that was not', async () => {
    hand(0, 30);
    const whole = await night('n1');
    const steps: string[] = [];
    const other = await folderStore();
    onTestFinished(other.remove);
    await publishRelease(other.store, release);
    const again = new MemoryHospital(release.hash);
    for (const number of NUMBERS.slice(0, 30))
      again.annotate('dr-new', number, outlines[number] as Uint8Array);
    let report: typeof whole | undefined;
    for (let kills = 0; report === undefined; kills++) {
      const killed = (step: string) => {
        steps.push(step);
        throw new Error(`killed after ${step}`);
      };
      report = await hospitalNight(nightContext(again, other, 'n1', {}, killed)).catch((error: Error) => {
        expect(error.message).toContain('killed after');
        expect(kills).toBeLessThan(20);
        return undefined;
      });
    }
    expect(steps).toEqual([
      'pulled',
      'checked',
      'planned',
      'head-dr-new',
      'published',
      'promoted',
      'drift',
      'report',
    ]);
    expect(again.promotions).toEqual([whole.release]);
    const timeless = (value: typeof whole) => ({
      ...value,
      heads: value.heads.map((head) => ({ ...head, seconds: 0 })),
    });
    expect(timeless(report)).toEqual(timeless(whole));
    expect((await readHospitalLedger(join(other.folder, 'h'))).entries).toHaveLength(30);
  });

  test('waits for enough new cases', async () => {
    hand(0, 3);
    expect(await night('n1')).toMatchObject({ decision: 'nothing', readers: [{ due: false }] });
    expect((await ledger()).entries).toHaveLength(3);
    hand(3, 30);
    expect(await night('n2')).toMatchObject({ decision: 'promoted' });
  });

  test('never serves a head that learnt from a bad night', async () => {
    hand(0, 24);
    await night('n1');
    const served = api.current;
    // Somebody else draws under the reader's name, with the checks off: the gate alone is left.
    for (const number of NUMBERS.slice(24)) api.annotate('dr-new', number, others[number] as Uint8Array);
    const bad = await night('n2', { check: { minimumDice: 0, deviations: 1e6, mostSuspicious: 1 } });
    expect(bad).toMatchObject({ taken: 16, setAside: [], release: null });
    // How they agree with the reader's persona is recorded, for the drift watch.
    expect(bad.drift).toMatchObject({
      alerts: [],
      readers: [{ persona: 'dr-new', nights: [{ cases: 16 }] }],
    });
    expect((await ledger()).entries.filter(({ agreement }) => agreement !== null)).toHaveLength(16);
    expect(bad.heads[0]?.judgement.decision).not.toBe('publish');
    expect(api.current).toBe(served);
    expect((await ledger()).trainedOn['dr-new']?.length).toBeLessThan(24);
  });

  test('holds the new cases of a reader whose head was refused, and no others', async () => {
    hand(0, 30);
    const report = await night('n1');
    const { entries } = await ledger();
    const [head] = report.heads as [NightHead];
    const refused = {
      ...head,
      judgement: { ...head.judgement, decision: 'refused' as const, reason: 'worse' },
    };
    const older = entries.map((entry, i) => ({ ...entry, night: i < 20 ? 'n0' : 'n1' }));
    const start = await readHospitalLedger(join(place.folder, 'nowhere'));
    const pulled = { records: [], cursor: 30 } as unknown as Pulled;
    const next = nextLedger(start, older, pulled, { ...report, decision: 'refused', heads: [refused] });
    expect(next.entries.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 20 }, () => 'accepted'),
      ...Array.from({ length: 10 }, () => 'held'),
    ]);
    expect(next).toMatchObject({ cursor: 30, trainedOn: {}, nights: ['n1'] });
  });

  test('sets suspicious outlines aside, lists them, and learns nothing from them', async () => {
    hand(0, 24);
    await night('n1');
    const bad = NUMBERS.slice(30).map((number) => api.annotate('dr-new', number, new Uint8Array(256)));
    const report = await night('n2', { check: {} });
    expect(report).toMatchObject({ decision: 'refused', taken: 10 });
    expect(report.setAside.map(({ annotation }) => annotation).sort()).toEqual([...bad].sort());
    expect((await ledger()).entries.filter(({ status }) => status === 'set-aside')).toHaveLength(10);
  });

  test('forgets what was withdrawn: the head is trained anew without it', async () => {
    const ids = hand(0, 30);
    await night('n1');
    const learnt = (await ledger()).trainedOn['dr-new'] as string[];
    const taken = ids.find((id) => learnt.includes(id)) as string;
    api.withdraw(taken);
    const report = await night('n2');
    expect(report).toMatchObject({ withdrawn: 1, readers: [{ withdrawn: 1, due: true }] });
    expect(report.heads[0]?.trainedOn).not.toContain(taken);
    expect((await ledger()).entries.find(({ record }) => record.id === taken)?.status).toBe('withdrawn');
  });

  test('tries a release on some requests first, where the settings say so, and promotes it the next night', async () => {
    hand(0, 30);
    const canary = { canary: { share: 0.1, minimumCompared: 5, minimumDice: 0.3 } };
    const first = await night('n1', canary);
    expect(first).toMatchObject({ decision: 'on trial' });
    expect(api.current).toBe(release.hash);
    expect(await night('n2', canary)).toMatchObject({ trial: { outcome: 'goes on' } });
    api.trial = {
      ...(api.trial as NonNullable<typeof api.trial>),
      evidence: { compared: 9, dice: 0.9, served: 0, failed: 0 },
    };
    expect((await ledger()).trial).not.toBeNull();
    expect(await night('n3', canary)).toMatchObject({ trial: { outcome: 'promoted' } });
    expect(api.current).not.toBe(release.hash);
    expect((await ledger()).trainedOn['dr-new']?.length).toBeGreaterThan(0);
  });
});
