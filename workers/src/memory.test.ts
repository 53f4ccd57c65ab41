import { problemSchema } from '@d-persona/shared/contract/problem.ts';
import { ctElements, fileOf } from '@d-persona/shared/dicom/encode.fixtures.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { SYNTHETIC, serve, syntheticRelease } from '../../test/support/synthetic-release.ts';
import { CASES, picturePng, SEGMENT_ALL, SEGMENT_AS, startTestApp, type TestApp } from './app.fixtures.ts';

const MB = 1e6;
const START_MS = 60_000;
const SIDE = 160;

/** Two hospitals whose releases share nothing. */
async function startTwoCores(settings: Record<string, number> = {}): Promise<TestApp> {
  const api = await startTestApp(settings);
  for (const [i, hospital] of ['demo', 'north'].entries())
    await serve(api.store, hospital, await syntheticRelease(7 + i, SYNTHETIC, [SIDE, SIDE]));
  await api.importHospitals();
  return api;
}

/** Asks both in turn, and what was held at most after an answer. */
async function askBoth(api: TestApp, times: number): Promise<{ texts: string[]; most: number }> {
  const texts: string[] = [];
  let most = 0;
  for (let i = 0; i < times; i++) {
    for (const [hospital, key] of [
      ['demo', api.key],
      ['north', api.northKey],
    ] as const) {
      const path = `/v1/hospitals/${hospital}/segmentations?samples=2`;
      const body = picturePng(SIDE, SIDE, i);
      const response = await api.post(path, body, 'image/png', { authorization: `Bearer ${key}` });
      expect(response.status).toBe(200);
      texts.push(await response.text());
      most = Math.max(most, api.services.memory.bytes);
    }
  }
  return { texts, most };
}

describe('two different cores', () => {
  let roomy: { texts: string[]; most: number };
  beforeAll(async () => {
    roomy = await askBoth(await startTwoCores(), 2);
  }, START_MS);

  it('share the room of one arena where there is not more, and answer the same', async () => {
    const limit = Math.round(0.8 * roomy.most);
    const narrow = await startTwoCores({ MEMORY_BYTES: limit });
    const { texts, most } = await askBoth(narrow, 2);
    expect(most).toBeLessThanOrEqual(limit);
    expect(narrow.services.models.size).toBe(2);
    expect(texts).toEqual(roomy.texts);
  });

  it('take turns in memory where there is room for one', async () => {
    const api = await startTwoCores();
    await askBoth(api, 1);
    const [only] = [api.services.models.bytes / 2];
    const narrow = await startTwoCores({ MEMORY_BYTES: Math.round(1.6 * only + MB) });
    const { texts, most } = await askBoth(narrow, 2);
    expect(most).toBeLessThanOrEqual(1.6 * only + MB);
    expect(texts).toEqual(roomy.texts);
  });
});

describe('what does not fit', () => {
  const LIMIT = 14 * MB;
  let api: TestApp;
  beforeAll(async () => {
    api = await startTestApp({ MEMORY_BYTES: LIMIT, CASE_BYTES: 4 * MB });
  }, START_MS);

  const large = () => fileOf(ctElements(1500, 1500, { PixelData: new Uint8Array(2 * 1500 * 1500) }));

  it.each([
    ['a PNG', SEGMENT_AS, 'image/png', () => picturePng(1500, 1500)],
    ['a DICOM image', SEGMENT_ALL, 'application/dicom', large],
  ])('%s is refused with the limit, and others go on', async (_, path, type, body) => {
    const response = await api.post(path, body(), type);
    const problem = problemSchema.parse(await response.json());
    expect(problem.status).toBe(413);
    expect(problem.detail).toContain('of memory, where this server has 14');
    expect((await api.post(SEGMENT_AS, picturePng(), 'image/png')).status).toBe(200);
    expect(api.services.memory.bytes).toBeLessThanOrEqual(LIMIT);
  });

  it('cases make room for an image', async () => {
    for (let i = 0; i < 60; i++) await api.post(CASES, picturePng(60, 70, i), 'image/png');
    const kept = api.services.cases.bytes;
    expect((await api.post(SEGMENT_ALL, picturePng(900, 900), 'image/png')).status).toBe(200);
    expect(api.services.cases.bytes).toBeLessThan(kept);
  });
});

it('a fractional object of more maps than fit is refused before they are drawn', async () => {
  const api = await startTestApp({ MEMORY_BYTES: 60 * MB });
  const body = fileOf(ctElements(512, 512, { PixelData: new Uint8Array(2 * 512 * 512) }));
  const accept = 'application/dicom;profile=seg-fractional';
  const response = await api.post(`${SEGMENT_ALL}?samples=50`, body, 'application/dicom', { accept });
  expect(problemSchema.parse(await response.json()).detail).toContain('A fractional segmentation needs');
  expect((await api.post(`${SEGMENT_ALL}?samples=2`, body, 'application/dicom', { accept })).status).toBe(
    200,
  );
});
