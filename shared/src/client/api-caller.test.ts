import { expect, it } from 'vitest';
import { AdminClient } from './admin-client.ts';

const MADE = {
  ...{ id: '0123456789ab', scopes: ['segment'], created: '2026-01-01T00:00:00Z', expires: null, key: 'dp_x' },
};

/** A server whose first answers are lost. @returns its client, and the idempotency keys that came */
function losing(lost: number) {
  const keys: (string | null)[] = [];
  const ask = async (_: unknown, init?: RequestInit) => {
    keys.push(new Headers(init?.headers).get('idempotency-key'));
    if (keys.length <= lost) throw new TypeError('fetch failed');
    return Response.json(init?.method === 'GET' ? { keys: [] } : MADE, { status: 201 });
  };
  const retry = { pause: async () => undefined, jitter: () => 0 };
  const client = new AdminClient({ url: 'http://test', key: 'k', fetch: ask as typeof fetch, retry });
  return { client, keys };
}

it('an unsafe request has one idempotency key however often it is sent, and the next has another', async () => {
  const { client, keys } = losing(2);
  expect((await client.makeKey('demo', ['segment'])).key).toBe('dp_x');
  await client.makeKey('demo', ['segment']);
  expect(keys).toHaveLength(4);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(keys.slice(0, 3)).size).toBe(1);
  expect(keys[3]).not.toBe(keys[0]);
});

it('a request that only reads has none', async () => {
  const { client, keys } = losing(0);
  await client.keys('demo');
  expect(keys).toEqual([null]);
});
