import { describe, expect, it } from 'vitest';
import { settingsSchema } from '../settings.ts';
import { type RateLimiters, RequestLimits } from './request-limits.ts';

function limits(settings: Record<string, number>, limiters: RateLimiters = {}) {
  const clock = { ms: 0 };
  return { clock, limits: new RequestLimits(settingsSchema.parse(settings), limiters, () => clock.ms) };
}

const refusal = (seconds: number) => ({
  kind: 'too-many-requests',
  headers: { 'retry-after': String(seconds) },
});

describe('RequestLimits', () => {
  it('counts the requests of each key, and lets them in again as time goes by', async () => {
    const { limits: l, clock } = limits({ KEY_REQUESTS_PER_MINUTE: 6 });
    for (let i = 0; i < 6; i++) (await l.enter('demo', 'key:a'))(0);
    await expect(l.enter('demo', 'key:a')).rejects.toMatchObject(refusal(10));
    (await l.enter('demo', 'key:b'))(0);
    clock.ms = 10_000;
    (await l.enter('demo', 'key:a'))(0);
    await expect(l.enter('demo', 'key:a')).rejects.toMatchObject(refusal(10));
  });

  it('is fair: what one hospital does is not felt by another', async () => {
    const { limits: l } = limits({ HOSPITAL_REQUESTS_PER_MINUTE: 3 });
    for (let i = 0; i < 3; i++) (await l.enter('demo', `key:${i}`))(0);
    await expect(l.enter('demo', 'key:9')).rejects.toMatchObject({ kind: 'too-many-requests' });
    for (let i = 0; i < 3; i++) (await l.enter('north', `key:${i}`))(0);
  });

  it('counts computing time, which is known only afterwards', async () => {
    const { limits: l, clock } = limits({ HOSPITAL_CPU_SECONDS_PER_MINUTE: 6 });
    (await l.enter('demo', 'key:a'))(9000);
    await expect(l.enter('demo', 'key:a')).rejects.toMatchObject(refusal(31));
    (await l.enter('north', 'key:a'))(0);
    clock.ms = 31_000;
    (await l.enter('demo', 'key:a'))(0);
  });

  it('counts requests at once, until they are answered', async () => {
    const { limits: l } = limits({ MAX_HOSPITAL_CONCURRENT: 2 });
    const leave = await l.enter('demo', 'key:a');
    await l.enter('demo', 'key:b');
    await expect(l.enter('demo', 'key:a')).rejects.toMatchObject(refusal(1));
    leave(0);
    await l.enter('demo', 'key:a');
  });

  it("asks the platform's own limiter, which counts over all isolates", async () => {
    const asked: string[] = [];
    const limiter = { limit: async ({ key }: { key: string }) => ({ success: asked.push(key) < 3 }) };
    const { limits: l } = limits({}, { key: limiter });
    await l.enter('demo', 'key:a');
    await l.enter('demo', 'key:a');
    await expect(l.enter('demo', 'key:a')).rejects.toMatchObject(refusal(60));
    expect(asked[0]).toBe('demo key:a');
  });

  it('counts wrong keys by address', () => {
    const { limits: l } = limits({ WRONG_KEYS_PER_MINUTE: 2 });
    l.wrongKey('a');
    l.wrongKey('a');
    expect(() => l.wrongKey('a')).toThrow('too many');
    l.wrongKey('b');
  });
});

it('does not count requests for ever that the runtime dropped', async () => {
  let now = 0;
  const limits = new RequestLimits(settingsSchema.parse({ MAX_HOSPITAL_CONCURRENT: 2 }), {}, () => now);
  const enter = () => limits.enter('demo', 'key');
  await enter(); // never leaves
  const leave = await enter();
  await expect(enter()).rejects.toMatchObject({ kind: 'too-many-requests' });
  leave(0);
  now += 16 * 60_000;
  const both = [await enter(), await enter()];
  await expect(enter()).rejects.toMatchObject({ kind: 'too-many-requests' });
  for (const done of both) done(0);
  await enter();
});
