import { caseSchema } from '@d-persona/shared/contract/cases.ts';
import { releasesSchema } from '@d-persona/shared/contract/releases.ts';
import { personaSegmentationSchema } from '@d-persona/shared/contract/segmentation.ts';
import { publishRelease } from '@d-persona/shared/release/store.ts';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { syntheticRelease } from '../../test/support/synthetic-release.ts';
import { CASES, picturePng, SEGMENT_AS, startTestApp, type TestApp } from './app.fixtures.ts';

const TRIAL = '/v1/hospitals/demo/releases/trial';
let api: TestApp;
let next: string;
beforeEach(async () => {
  api = await startTestApp();
  const release = await syntheticRelease(2);
  next = release.hash;
  await publishRelease(api.store, release);
  const insert = api.database.prepare('INSERT INTO releases (hospital, release, added) VALUES (?, ?, ?)');
  await api.database.batch([insert.bind('demo', next, '2026-01-01T00:00:00Z')]);
});

const asRelease = () => ({ authorization: `Bearer ${api.releaseKey}` });

async function startTrial(kind: 'canary' | 'shadow', share: number, release = next): Promise<Response> {
  const headers = { ...asRelease(), 'if-match': '"1"' };
  return api.send(TRIAL, { method: 'PUT', body: JSON.stringify({ kind, share, release }), headers });
}

async function trial() {
  const response = await api.send('/v1/hospitals/demo/releases', { headers: asRelease() });
  return releasesSchema.parse(await response.json()).trial;
}

async function servedBy(body: BodyInit = picturePng(), type = 'image/png'): Promise<string> {
  const headers = { 'content-length': String((body as { length: number }).length) };
  const response = await api.post(SEGMENT_AS, body, type, headers);
  expect(response.status).toBe(200);
  return personaSegmentationSchema.parse(await response.json()).release;
}

describe('a canary', () => {
  it('answers its share of the requests, until it is ended', async () => {
    expect((await startTrial('canary', 0.25)).status).toBe(200);
    expect(await trial()).toMatchObject({ kind: 'canary', share: 0.25, release: next });
    const served: string[] = [];
    for (const draw of [0, 0.24, 0.25, 0.99]) {
      api.trial.draw = draw;
      served.push(await servedBy());
    }
    expect(served).toEqual([next, next, api.release, api.release]);
    api.trial.draw = 0;
    expect((await api.send(TRIAL, { method: 'DELETE', headers: asRelease() })).status).toBe(204);
    expect(await servedBy()).toBe(api.release);
    expect(await trial()).toBeNull();
  });

  it('shows what it served and what failed since it was started, and not before', async () => {
    await startTrial('canary', 1);
    await servedBy();
    api.clock.ms += 1000;
    await startTrial('canary', 1);
    for (let i = 0; i < 2; i++) await servedBy(picturePng(60, 70, i));
    await api.post(SEGMENT_AS, 'no image', 'image/png');
    expect((await trial())?.evidence).toMatchObject({ served: 3, failed: 0 });
    vi.spyOn(console, 'error').mockReturnValue();
    vi.spyOn(api.services.gate, 'run').mockRejectedValueOnce(new Error('a bug'));
    expect((await api.post(SEGMENT_AS, picturePng(), 'image/png')).status).toBe(500);
    vi.restoreAllMocks();
    expect((await trial())?.evidence).toEqual({ compared: 0, dice: null, served: 4, failed: 1 });
  });

  it('goes on answering the cases that it made, and no others', async () => {
    await startTrial('canary', 0.5);
    for (const [draw, release] of [
      [0, next],
      [0.9, api.release],
    ] as const) {
      api.trial.draw = draw;
      const made = caseSchema.parse(await (await api.post(CASES, picturePng(), 'image/png')).json());
      expect(made.release).toBe(release);
      for (const other of [0, 0.9]) {
        api.trial.draw = other;
        expect(await servedBy(JSON.stringify({ case: made.case }), 'application/json')).toBe(release);
      }
    }
  });

  it('ends with the next promotion, and cannot be of a release that the hospital has not', async () => {
    expect((await startTrial('canary', 0.5, 'ab'.repeat(32))).status).toBe(404);
    expect((await startTrial('canary', 2)).status).toBe(400);
    await startTrial('canary', 0.5);
    const body = JSON.stringify({ release: next });
    const init = { method: 'PUT', body, headers: { ...asRelease(), 'if-match': '"1"' } };
    expect((await api.send('/v1/hospitals/demo/releases/current', init)).status).toBe(200);
    expect(await trial()).toBeNull();
  });
});

describe('a shadow', () => {
  it('answers nobody, and is compared with the current release', async () => {
    await startTrial('shadow', 0.5);
    api.trial.draw = 0.1;
    for (let i = 0; i < 3; i++) expect(await servedBy(picturePng(60, 70, i))).toBe(api.release);
    api.trial.draw = 0.6;
    await servedBy(picturePng(60, 70, 9));
    const evidence = (await trial())?.evidence;
    expect(evidence?.compared).toBe(3);
    expect(evidence?.dice).toBeGreaterThan(0);
    expect(evidence?.dice).toBeLessThan(0.999);
  });

  it('that is the same release agrees wholly', async () => {
    await startTrial('shadow', 1, api.release);
    await servedBy();
    expect((await trial())?.evidence).toMatchObject({ compared: 1, dice: 1 });
  });

  it('that fails is not felt', async () => {
    const told = vi.spyOn(console, 'error').mockReturnValue();
    await startTrial('shadow', 1);
    for (const key of [...api.store.files.keys()].filter((k) => k.includes(next)))
      api.store.files.delete(key);
    expect(await servedBy()).toBe(api.release);
    expect(told.mock.calls.flat().join()).toContain('no shadow');
    vi.restoreAllMocks();
    expect((await trial())?.evidence.compared).toBe(0);
  });
});
