import { problemSchema } from '@d-persona/shared/contract/problem.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { picturePng, SEGMENT_AS, startTestApp, type TestApp } from './app.fixtures.ts';
import { StoreUnavailable } from './store/store-unavailable.ts';

afterEach(() => vi.restoreAllMocks());

async function expectUnavailable(response: Response, kind = 'no-release'): Promise<void> {
  expect(response.status).toBe(503);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(problemSchema.parse(await response.json()).type).toBe(`/problems/${kind}`);
}

const asNorth = ({ northKey }: TestApp) => ({ headers: { authorization: `Bearer ${northKey}` } });

describe('without a release that can be served', () => {
  it('health and segmentations say so, until there is one', async () => {
    const api = await startTestApp();
    const write = (sql: string, ...values: string[]) =>
      api.database.batch([api.database.prepare(sql).bind(...values)]);
    await write('UPDATE hospitals SET release = NULL');
    await expectUnavailable(await api.send('/v1/health'));
    await expectUnavailable(await api.post(SEGMENT_AS, picturePng(), 'image/png'));
    await write('UPDATE hospitals SET release = ?', api.release);
    expect((await api.send('/v1/health')).status).toBe(200);
    expect((await api.post(SEGMENT_AS, picturePng(), 'image/png')).status).toBe(200);
  });

  it.each(['manifest.json', 'core.bin', 'personas.bin'])(
    'an altered %s is not served, and a repaired one is',
    async (file) => {
      const told = vi.spyOn(console, 'error').mockReturnValue();
      const api = await startTestApp();
      const key = [...api.store.files.keys()].find((stored) => stored.endsWith(file)) as string;
      const whole = api.store.files.get(key) as Uint8Array;
      api.store.files.set(
        key,
        whole.map((byte, i) => (i === 50 ? byte ^ 1 : byte)),
      );
      await expectUnavailable(await api.send('/v1/health'));
      await expectUnavailable(await api.post(SEGMENT_AS, picturePng(), 'image/png'));
      expect(told.mock.calls.flat().join()).toContain(file);
      api.store.files.set(key, whole);
      expect((await api.send('/v1/health')).status).toBe(200);
    },
  );
});

describe('faults', () => {
  it('a store that is down does not stop what is loaded, and is a 503 otherwise', async () => {
    vi.spyOn(console, 'error').mockReturnValue();
    const api = await startTestApp();
    const down = () => Promise.reject(new StoreUnavailable(new Error('down')));
    vi.spyOn(api.store, 'get').mockImplementation(down);
    await expectUnavailable(await api.post(SEGMENT_AS, picturePng(), 'image/png'), 'store-unavailable');
    vi.restoreAllMocks();
    expect((await api.post(SEGMENT_AS, picturePng(), 'image/png')).status).toBe(200);
    vi.spyOn(api.store, 'get').mockImplementation(down);
    api.database.down = true;
    api.clock.ms += 3_599_000;
    expect((await api.post(SEGMENT_AS, picturePng(), 'image/png')).status).toBe(200);
    // A key that was never seen cannot be told right or wrong now.
    await expectUnavailable(
      await api.send('/v1/hospitals/north/personas', asNorth(api)),
      'store-unavailable',
    );
    api.clock.ms += 1_000;
    await expectUnavailable(await api.post(SEGMENT_AS, picturePng(), 'image/png'), 'store-unavailable');
    api.database.down = false;
    expect((await api.post(SEGMENT_AS, picturePng(), 'image/png')).status).toBe(200);
  });

  it('a database that does not answer is a 503 for what needs it, and the current release is served', async () => {
    vi.spyOn(console, 'error').mockReturnValue();
    const api = await startTestApp({ DATABASE_TIMEOUT_MS: 20, STORE_TIMEOUT_MS: 20 });
    expect((await api.post(SEGMENT_AS, picturePng(), 'image/png')).status).toBe(200);
    api.faults.hanging = true;
    expect((await api.post(SEGMENT_AS, picturePng(60, 70, 1), 'image/png')).status).toBe(200);
    await expectUnavailable(
      await api.send('/v1/hospitals/north/personas', asNorth(api)),
      'store-unavailable',
    );
    api.faults.hanging = false;
    expect((await api.send('/v1/hospitals/north/personas', asNorth(api))).status).toBe(200);
  });

  it('a bug is a 500 that tells nothing but the request id', async () => {
    const told = vi.spyOn(console, 'error').mockReturnValue();
    const api = await startTestApp();
    vi.spyOn(api.store, 'get').mockRejectedValue(new TypeError('secret pixels'));
    const response = await api.send('/v1/hospitals/demo/personas');
    expect(response.status).toBe(500);
    const problem = problemSchema.parse(await response.json());
    expect(problem.type).toBe('/problems/internal-error');
    expect(JSON.stringify(problem)).not.toMatch(/secret|TypeError|\.ts/);
    expect(JSON.parse(told.mock.calls[0]?.[0])).toMatchObject({
      request: problem.instance,
      error: 'TypeError',
    });
  });

  it('too many waiting requests are told to come back, and the others are answered', async () => {
    const api = await startTestApp({ MAX_QUEUE: 2 });
    await api.send('/v1/health');
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => api.post(SEGMENT_AS, picturePng(60, 70, i), 'image/png')),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    expect(statuses.filter((status) => status === 503)).toHaveLength(5);
    expect((await api.post(SEGMENT_AS, picturePng(), 'image/png')).status).toBe(200);
  });

  it('bodies that are too much together are told to come back', async () => {
    const image = picturePng();
    const api = await startTestApp({ MAX_HELD_BYTES: image.length - 1 });
    const response = await api.post(SEGMENT_AS, image, 'image/png');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    const roomy = await startTestApp({ MAX_HELD_BYTES: image.length });
    for (let i = 0; i < 3; i++) expect((await roomy.post(SEGMENT_AS, image, 'image/png')).status).toBe(200);
  });
});
