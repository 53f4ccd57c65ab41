import { problemSchema } from '@d-persona/shared/contract/problem.ts';
import { currentReleaseSchema, releasesSchema } from '@d-persona/shared/contract/releases.ts';
import { personaSegmentationSchema } from '@d-persona/shared/contract/segmentation.ts';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';
import { manifestKey, partKey } from '@d-persona/shared/release/store.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { syntheticRelease } from '../../test/support/synthetic-release.ts';
import { picturePng, SEGMENT_AS, startTestApp, type TestApp } from './app.fixtures.ts';
import { StoreUnavailable } from './store/store-unavailable.ts';

const RELEASES = '/v1/hospitals/demo/releases';
let api: TestApp;
let next: EncodedRelease;
beforeEach(async () => {
  api = await startTestApp();
  next = await syntheticRelease(2);
});
afterEach(() => vi.restoreAllMocks());

function send(method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}) {
  const init = { method, ...(body !== undefined && { body }) };
  return api.send(path, { ...init, headers: { authorization: `Bearer ${api.releaseKey}`, ...headers } });
}

async function publish({ hash, manifest, files }: EncodedRelease): Promise<void> {
  for (const part of Object.keys(manifest.parts)) {
    const stored = await send(
      'PUT',
      `/v1/hospitals/demo/parts/${part}`,
      files.get(part) as Uint8Array<ArrayBuffer>,
    );
    expect(await stored.json()).toMatchObject({ sha256: manifest.parts[part]?.sha256 });
  }
  const response = await send(
    'PUT',
    `${RELEASES}/${hash}`,
    files.get('manifest.json') as Uint8Array<ArrayBuffer>,
  );
  expect(response.status).toBe(204);
}

function promote(release: string, ifMatch: string | null): Promise<Response> {
  return send(
    'PUT',
    `${RELEASES}/current`,
    JSON.stringify({ release }),
    ifMatch === null ? {} : { 'if-match': ifMatch },
  );
}

async function list() {
  const response = await send('GET', RELEASES);
  const releases = releasesSchema.parse(await response.json());
  expect(response.headers.get('etag')).toBe(`"${releases.version}"`);
  return releases;
}

async function servedBy(): Promise<string> {
  const response = await api.post(SEGMENT_AS, picturePng(), 'image/png');
  return personaSegmentationSchema.parse(await response.json()).release;
}

describe('releases', () => {
  it('are published, promoted, and rolled back', async () => {
    expect(await list()).toMatchObject({ current: api.release, version: 1, releases: [{ current: true }] });
    await publish(next);
    expect(await servedBy()).toBe(api.release);
    const promoted = await promote(next.hash, '"1"');
    expect(currentReleaseSchema.parse(await promoted.json())).toEqual({ release: next.hash, version: 2 });
    expect(promoted.headers.get('etag')).toBe('"2"');
    expect(await servedBy()).toBe(next.hash);
    expect((await list()).previous).toBe(api.release);
    expect((await list()).releases.map(({ release, current }) => [release, current])).toEqual(
      expect.arrayContaining([
        [next.hash, true],
        [api.release, false],
      ]),
    );
    expect((await promote(api.release, '"2"')).status).toBe(200);
    expect(await servedBy()).toBe(api.release);
    // Promoting what is current changes nothing.
    expect(await (await promote(api.release, '"3"')).json()).toMatchObject({ version: 3 });
  });

  it('of a hospital do not touch those of another', async () => {
    await publish(next);
    await promote(next.hash, '*');
    const north = await api.send('/v1/hospitals/north/personas', {
      headers: { authorization: `Bearer ${api.northKey}` },
    });
    expect(await north.json()).toMatchObject({ release: api.release });
  });

  it('are promoted only by who knows the present state', async () => {
    await publish(next);
    const stale = await promote(next.hash, '"7"');
    expect(stale.status).toBe(412);
    expect(stale.headers.get('etag')).toBe('"1"');
    for (const tag of [null, '1', 'W/"1"', '"x"']) expect((await promote(next.hash, tag)).status).toBe(400);
    expect(await servedBy()).toBe(api.release);
  });

  it('of two promotions at once, one wins and the other is told', async () => {
    const third = await syntheticRelease(3);
    for (const release of [next, third]) await publish(release);
    const answers = await Promise.all([promote(next.hash, '"1"'), promote(third.hash, '"1"')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await list()).version).toBe(2);
  });

  it('that are unknown or lack a part cannot be promoted', async () => {
    expect((await promote('ab'.repeat(32), '"1"')).status).toBe(404);
    await publish(next);
    for (const key of [...api.store.files.keys()].filter((key) => key.endsWith('personas.bin')))
      api.store.files.delete(key);
    const broken = await promote(next.hash, '"1"');
    expect(problemSchema.parse(await broken.json()).status).toBe(409);
    expect((await list()).current).toBe(api.release);
  });

  it('that are damaged are listed as such, with the file', async () => {
    vi.spyOn(console, 'error').mockReturnValue();
    await publish(next);
    const keyOf = (part: string) => partKey(next.manifest.parts[part]?.sha256 ?? '', part);
    const damage = async () => {
      const { damaged = [], releases } = await list();
      expect(releases.map(({ release }) => release)).toEqual([api.release]);
      return damaged.map(({ release, file, problem }) => [release, file, problem]);
    };
    const [heads, manifest] = [keyOf('personas.bin'), manifestKey(next.hash)];
    const [headBytes, manifestBytes] = [api.store.files.get(heads), api.store.files.get(manifest)];
    api.store.files.delete(heads);
    expect(await damage()).toEqual([[next.hash, heads, 'is not there']]);
    api.store.files.set(heads, headBytes as Uint8Array);
    api.store.files.set(manifest, Uint8Array.of(1));
    expect(await damage()).toEqual([[next.hash, manifest, expect.stringContaining('SHA-256')]]);
    api.store.files.set(manifest, manifestBytes as Uint8Array);
    expect((await list()).damaged).toBeUndefined();

    // Altered weights come to light when they are loaded: with the answer that they make impossible.
    const core = keyOf('core.bin');
    const coreBytes = api.store.files.get(core) as Uint8Array;
    api.store.files.set(core, coreBytes.with(60, (coreBytes[60] as number) ^ 1));
    expect((await promote(next.hash, '"1"')).status).toBe(200);
    const refused = await api.post(SEGMENT_AS, picturePng(), 'image/png');
    expect(refused.status).toBe(503);
    expect(problemSchema.parse(await refused.json()).detail).toContain(core);
    expect(await damage()).toEqual([[next.hash, core, expect.stringContaining('was altered')]]);
    api.store.files.set(core, coreBytes);
    expect(await servedBy()).toBe(next.hash);
    expect((await list()).damaged).toBeUndefined();
  });

  it('are not published without their parts, or under another address', async () => {
    const manifest = next.files.get('manifest.json') as Uint8Array<ArrayBuffer>;
    expect((await send('PUT', `${RELEASES}/${next.hash}`, manifest)).status).toBe(409);
    expect((await send('PUT', `${RELEASES}/${'ab'.repeat(32)}`, manifest)).status).toBe(400);
    expect((await list()).releases).toHaveLength(1);
  });

  it('stay as they are when a store fails', async () => {
    await publish(next);
    vi.spyOn(api.store, 'get').mockRejectedValue(new StoreUnavailable(new Error('down')));
    const response = await promote(next.hash, '"1"');
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    vi.restoreAllMocks();
    api.database.down = true;
    expect((await promote(next.hash, '"1"')).status).toBe(503);
    api.database.down = false;
    expect(await servedBy()).toBe(api.release);
  });

  it('need the scope release', async () => {
    for (const [method, path] of [
      ['GET', RELEASES],
      ['PUT', `${RELEASES}/current`],
      ['PUT', `${RELEASES}/trial`],
      ['DELETE', `${RELEASES}/trial`],
      ['PUT', `${RELEASES}/${next.hash}`],
      ['PUT', '/v1/hospitals/demo/parts/core.bin'],
    ] as const) {
      expect((await api.send(path, { method })).status).toBe(403);
    }
  });
});

describe('promotion under load', () => {
  it('fails no request, and serves each by one release', async () => {
    await publish(next);
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const answers = new Map<string, Set<string>>();
    const ask = async (i: number) => {
      await pause(4 * i);
      const response = await api.post(SEGMENT_AS, picturePng(60, 70, i % 3), 'image/png');
      expect(response.status).toBe(200);
      const { release, ...answer } = personaSegmentationSchema.parse(await response.json());
      const key = `${release} ${i % 3}`;
      answers.set(key, (answers.get(key) ?? new Set()).add(JSON.stringify({ ...answer, case: '' })));
    };
    const switching = async () => {
      for (let i = 0; i < 6; i++) {
        expect((await promote(i % 2 === 0 ? next.hash : api.release, '*')).status).toBe(200);
        await pause(25);
      }
    };
    await Promise.all([switching(), ...Array.from({ length: 40 }, (_, i) => ask(i))]);
    expect(new Set([...answers.keys()].map((key) => key.split(' ')[0])).size).toBe(2);
    // Every answer that names a release is that release's own, byte for byte.
    for (const [key, texts] of answers) expect([key, texts.size]).toEqual([key, 1]);
  });
});
