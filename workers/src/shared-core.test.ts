import { personaSegmentationSchema } from '@d-persona/shared/contract/segmentation.ts';
import { publishRelease } from '@d-persona/shared/release/store.ts';
import { expect, it, vi } from 'vitest';
import { serve, withOtherHeads } from '../../test/support/synthetic-release.ts';
import { picturePng, SEGMENT_AS, startTestApp, type TestApp } from './app.fixtures.ts';

const NORTH = SEGMENT_AS.replace('demo', 'north');

async function ask(api: TestApp, path: string, number: number) {
  const key = path === NORTH ? api.northKey : api.key;
  const response = await api.post(path, picturePng(60, 70, number), 'image/png', {
    authorization: `Bearer ${key}`,
  });
  const { case: _, ...answer } = personaSegmentationSchema.parse(await response.json());
  return answer;
}

/** The API where `north` has heads of its own on the core of `demo`. */
async function startShared(settings = {}): Promise<TestApp> {
  const api = await startTestApp(settings);
  const own = await withOtherHeads(7);
  await publishRelease(api.store, own);
  await serve(api.store, 'north', own);
  await api.importHospitals();
  return api;
}

it('two hospitals on one core answer as each would alone, however their requests are mixed', async () => {
  const mixed = await startShared();
  const read = vi.spyOn(mixed.store, 'get');
  const [demo, north] = [await startShared(), await startShared()];
  for (let i = 0; i < 3; i++) {
    const answers = await Promise.all([
      ask(mixed, SEGMENT_AS, i),
      ask(mixed, NORTH, i),
      ask(mixed, SEGMENT_AS, i + 3),
    ]);
    expect(answers[0]).toEqual(await ask(demo, SEGMENT_AS, i));
    expect(answers[1]).toEqual(await ask(north, NORTH, i));
    expect(answers[2]).toEqual(await ask(demo, SEGMENT_AS, i + 3));
    expect(answers[0]?.mask).not.toEqual(answers[1]?.mask);
  }
  const { models } = mixed.services;
  expect(models.size).toBe(2);
  // Beside the heads, the second hospital costs its manifest.
  const alone = await startShared();
  await ask(alone, SEGMENT_AS, 0);
  expect(models.bytes - alone.services.models.bytes).toBeLessThan(150_000);
  expect(read).toHaveBeenCalled();
});

it('a hospital that comes later has its heads read, and not the core again', async () => {
  const api = await startShared();
  await ask(api, SEGMENT_AS, 0);
  const read = vi.spyOn(api.store, 'get');
  await ask(api, NORTH, 0);
  const keys = read.mock.calls.map(([key]) => key.split('/').at(-1));
  expect(keys.sort()).toEqual(['manifest.json', 'personas.bin']);
});

it('and the reference engine draws the same', async () => {
  const [own, reference] = [await startShared(), await startShared({ ENGINE: 'tfjs' })];
  for (const path of [SEGMENT_AS, NORTH]) {
    const [a, b] = [await ask(own, path, 1), await ask(reference, path, 1)];
    expect(Math.abs(a.area - b.area)).toBeLessThanOrEqual(2);
  }
});
