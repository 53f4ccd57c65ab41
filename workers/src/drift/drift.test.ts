import { driftSchema } from '@d-persona/shared/contract/drift.ts';
import type { Histograms, Statistic } from '@d-persona/shared/drift/histogram.ts';
import { expect, test } from 'vitest';
import { CASES, picturePng, SEGMENT_ALL, SEGMENT_AS, startTestApp, type TestApp } from '../app.fixtures.ts';

async function drift({ send, releaseKey }: TestApp, query = '') {
  const headers = { authorization: `Bearer ${releaseKey}` };
  const response = await send(`/v1/hospitals/demo/drift${query}`, { headers });
  expect(response.status).toBe(200);
  return driftSchema.parse(await response.json()).releases;
}

const total = (histograms: Histograms | undefined, statistic: Statistic) =>
  histograms?.[statistic]?.reduce((sum, count) => sum + count, 0) ?? 0;

test('each image is counted once, each answer of all personas as often as it is asked', async () => {
  const app = await startTestApp();
  expect(await drift(app)).toEqual([]);
  const png = picturePng();
  expect((await app.post(SEGMENT_AS, png, 'image/png')).status).toBe(200);
  const { case: id } = (await (await app.post(CASES, png, 'image/png')).json()) as { case: string };
  for (let i = 0; i < 2; i++) {
    expect((await app.post(SEGMENT_ALL, JSON.stringify({ case: id }), 'application/json')).status).toBe(200);
  }
  const [{ release, histograms } = {}] = await drift(app);
  expect(release).toBe(app.release);
  for (const statistic of ['brightness', 'contrast', 'skewness', 'roughness'] as const)
    expect(total(histograms, statistic)).toBe(1);
  for (const statistic of ['area', 'disagreement'] as const) expect(total(histograms, statistic)).toBe(2);
  // The test's clock stands at 2026-01-02.
  expect(await drift(app, '?since=2026-01-03')).toEqual([]);
  expect(await drift(app, '?until=2026-01-02')).toEqual([]);
  expect(await drift(app, '?since=2026-01-02&until=2026-01-03')).toHaveLength(1);
});

test('nothing but counts is kept, and nobody sees those of another hospital', async () => {
  const app = await startTestApp();
  await app.post(SEGMENT_ALL, picturePng(), 'image/png');
  const { results } = await app.database.prepare('SELECT * FROM drift').all();
  expect(results).toHaveLength(6);
  expect(Object.keys(results[0] as object)).toEqual([
    'hospital',
    'release',
    'statistic',
    'day',
    'bin',
    'count',
  ]);
  const path = '/v1/hospitals/north/drift';
  const headers = { authorization: `Bearer ${app.releaseKey}` };
  expect((await app.send(path, { headers })).status).toBe(404);
  expect((await app.send('/v1/hospitals/demo/drift')).status).toBe(403);
});

test('a database that does not answer costs no request its answer', async () => {
  const app = await startTestApp();
  app.database.batch = () => Promise.reject(new Error('broken'));
  expect((await app.post(SEGMENT_ALL, picturePng(), 'image/png')).status).toBe(200);
});
