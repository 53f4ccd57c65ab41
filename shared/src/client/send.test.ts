import { describe, expect, it } from 'vitest';
import { pauseMs } from './retry.ts';
import { type Call, send } from './send.ts';

const CALL: Call = { method: 'POST', path: '/v1/x?y=1', body: '{}', repeatable: true };

/** A server that answers with each of these in turn, `null` being no answer at all. */
function server(...answers: ([status: number, retryAfter?: string] | null)[]) {
  const left = [...answers];
  const pauses: number[] = [];
  const ask = async () => {
    const next = left.shift();
    if (next === undefined) throw new Error('asked too often');
    if (next === null) throw new TypeError('fetch failed');
    const [status, retryAfter] = next;
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    return new Response(status === 204 ? null : '{}', { status, headers });
  };
  const pause = async (ms: number) => void pauses.push(ms);
  const endpoint = {
    url: 'http://test',
    key: 'k',
    fetch: ask as typeof fetch,
    retry: { pause, jitter: () => 0 },
  };
  return { endpoint, pauses, left };
}

describe('send', () => {
  it('tries again when the server is busy or out of reach, as long as it asks for', async () => {
    const { endpoint, pauses, left } = server([503, '2'], null, [429, '0'], [200]);
    expect((await send(endpoint, CALL)).status).toBe(200);
    expect(pauses).toEqual([2000, 250, 500]);
    expect(left).toEqual([]);
  });

  it.each([400, 401, 403, 404, 409, 412, 422, 500])(
    'does not repeat what was refused with %i',
    async (status) => {
      const { endpoint, pauses } = server([status]);
      await expect(send(endpoint, CALL)).rejects.toMatchObject({ status, input: 'POST /v1/x' });
      expect(pauses).toEqual([]);
    },
  );

  it('gives up after some attempts, and at once when asked to wait for too long', async () => {
    const four = server([503], [503], [503], [503], [200]);
    await expect(send(four.endpoint, CALL)).rejects.toMatchObject({ status: 503 });
    expect(four.left).toHaveLength(1);
    const late = server([429, '3600'], [200]);
    await expect(send(late.endpoint, CALL)).rejects.toMatchObject({ status: 429 });
    expect(late.pauses).toEqual([]);
  });

  it('does not repeat what may have been done already, but what was not', async () => {
    const once = server(null, [200]);
    await expect(send(once.endpoint, { ...CALL, repeatable: false })).rejects.toMatchObject({
      code: 'unreachable',
    });
    const busy = server([503], [204]);
    expect((await send(busy.endpoint, { ...CALL, repeatable: false })).status).toBe(204);
  });
});

describe('pauseMs', () => {
  const policy = { attempts: 4, maxPauseMs: 30_000, pause: async () => undefined, jitter: () => 0.999 };
  it('reads dates, and ignores what is none', () => {
    expect(pauseMs(1, 'Thu, 01 Jan 1970 00:00:05 GMT', policy, 1000)).toBe(4000);
    expect(pauseMs(1, 'soon', policy, 0)).toBeLessThanOrEqual(250);
    expect(pauseMs(3, null, policy, 0)).toBeGreaterThan(500);
  });
});
