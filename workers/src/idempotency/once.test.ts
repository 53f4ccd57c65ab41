import { keysSchema, madeKeySchema } from '@d-persona/shared/contract/administration.ts';
import { personasSchema } from '@d-persona/shared/contract/personas.ts';
import { releasesSchema } from '@d-persona/shared/contract/releases.ts';
import { sha256 } from '@d-persona/shared/release/sha256.ts';
import { publishRelease } from '@d-persona/shared/release/store.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withOtherHeads } from '../../../test/support/synthetic-release.ts';
import { startTestApp, type TestApp } from '../app.fixtures.ts';
import { FAULTS } from '../store/faults.fixtures.ts';
import { forgetAnswers } from './idempotency-rows.ts';

const OPERATOR = `dpo_${'O'.repeat(43)}`;
const DEMO = '/v1/hospitals/demo';
const DAY = 86_400_000;
let api: TestApp;
beforeEach(async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  api = await startTestApp({ OPERATOR_KEY_SHA256: await sha256(new TextEncoder().encode(OPERATOR)) });
});
afterEach(() => vi.restoreAllMocks());

interface Sent {
  readonly body?: unknown;
  /** Idempotency key. */
  readonly once?: string;
  readonly key?: string;
  readonly ifMatch?: string;
}

function send(
  method: string,
  path: string,
  { body, once, key = api.adminKey, ifMatch }: Sent,
): Promise<Response> {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(once !== undefined && { 'idempotency-key': once }),
    ...(ifMatch !== undefined && { 'if-match': ifMatch }),
  };
  return api.send(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

const makeKey = (once: string, body: object = { scopes: ['segment'] }) =>
  send('POST', `${DEMO}/keys`, { body, once });

async function keys() {
  return keysSchema.parse(await (await send('GET', `${DEMO}/keys`, {})).json()).keys;
}

async function releases() {
  const response = await send('GET', `${DEMO}/releases`, { key: api.releaseKey });
  return releasesSchema.parse(await response.json());
}

const promote = (once: string, ifMatch: string) =>
  send('PUT', `${DEMO}/releases/current`, {
    ...{ body: { release: api.release }, key: api.releaseKey, once, ifMatch },
  });

describe('a request under an idempotency key', () => {
  it('is done once and told the same, a new key too, and no one else is told', async () => {
    const before = (await keys()).length;
    const answers = [await makeKey('k-1'), await makeKey('k-1')];
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const [first, second] = await Promise.all(answers.map((answer) => answer.text()));
    expect(second).toBe(first);
    expect(await keys()).toHaveLength(before + 1);
    const { key } = madeKeySchema.parse(JSON.parse(first ?? ''));
    expect((await send('GET', `${DEMO}/personas`, { key })).status).toBe(200);
    // What is kept of the answer does not tell the key.
    const { results } = await api.database.prepare('SELECT * FROM idempotency').bind().all();
    expect(results).toHaveLength(1);
    expect(JSON.stringify(results)).not.toContain(key.slice(-30));
    // The same key of another caller is another.
    const other = await send('POST', `${DEMO}/keys`, {
      ...{ body: { scopes: ['segment'] }, once: 'k-1', key: OPERATOR },
    });
    expect(madeKeySchema.parse(await other.json()).key).not.toBe(key);
  });

  it('cannot be another request, and is forgotten after a day', async () => {
    expect((await makeKey('k-2')).status).toBe(201);
    expect((await makeKey('k-2', { scopes: ['admin'] })).status).toBe(409);
    expect((await send('DELETE', `${DEMO}/keys/000000000000`, { once: 'k-2' })).status).toBe(409);
    expect((await send('POST', `${DEMO}/keys`, { body: {}, once: 'a b' })).status).toBe(400);
    api.clock.ms += DAY + 1;
    await forgetAnswers(api.services.sql, api.clock.ms);
    const { results } = await api.database.prepare('SELECT * FROM idempotency').bind().all();
    expect(results).toEqual([]);
    // The key that it made is in use: it is not replaced.
    expect((await makeKey('k-2')).status).toBe(409);
  });

  it('that was refused may be tried again', async () => {
    expect((await promote('p-1', '"7"')).status).toBe(412);
    const path = `${DEMO}/personas/rank-9`;
    const change = { body: { title: 'x' }, once: 'p-2' };
    expect((await send('PATCH', path, change)).status).toBe(404);
    expect((await send('PATCH', path, change)).status).toBe(404);
    const { results } = await api.database.prepare('SELECT * FROM idempotency').bind().all();
    expect(results).toEqual([]);
  });

  it('sent ten times at once is done once', async () => {
    const before = (await keys()).length;
    const answers = await Promise.all(Array.from({ length: 10 }, () => makeKey('k-3')));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    for (const { status, headers } of answers) {
      if (status !== 201) expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    }
    expect(new Set(await Promise.all(made.map((answer) => answer.text()))).size).toBe(1);
    expect(await keys()).toHaveLength(before + 1);
  });

  it.each([
    ['POST', '/v1/hospitals', { id: 'south', title: 'South' }, OPERATOR, 201],
    ['DELETE', '/v1/hospitals/north', undefined, OPERATOR, 204],
    ['PATCH', `${DEMO}/personas/rank-1`, { title: 'Dr. A' }, undefined, 200],
    ['PUT', `${DEMO}/retention`, { annotation_days: 1, audit_days: 2 }, undefined, 204],
    ['DELETE', `${DEMO}/identity-provider`, undefined, undefined, 204],
  ])('%s %s is told the same', async (method, path, body, key, status) => {
    const sent = { body, once: 'x', ...(key !== undefined && { key }) };
    const first = await send(method, path, sent);
    const second = await send(method, path, sent);
    expect([first.status, second.status]).toEqual([status, status]);
    expect(await second.text()).toBe(await first.text());
  });
});

describe('a request whose Worker or stores fail at any step, sent again under its key', () => {
  /** Lets each step fail in each way, sends the request again as a client does, and checks what came of both. */
  async function atEachStep(
    request: (once: string) => Promise<Response>,
    check: (answer: Response, once: string) => Promise<void>,
  ): Promise<number> {
    for (let step = 0; ; step++) {
      for (const [i, fault] of FAULTS.entries()) {
        const once = `${step}-${i}`;
        api.faults.arm({ step, ...fault });
        await request(once);
        if (!api.faults.disarm()) return step;
        let answer = await request(once);
        if (answer.status === 503) {
          expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
          api.clock.ms += 61_000;
          answer = await request(once);
        }
        await check(answer, `${once} ${JSON.stringify(fault)}`);
      }
    }
  }

  it('has made one key, which works', async () => {
    let count = (await keys()).length;
    const steps = await atEachStep(makeKey, async (answer, what) => {
      expect([what, answer.status]).toEqual([what, 201]);
      const { key } = madeKeySchema.parse(await answer.json());
      expect([what, (await send('GET', `${DEMO}/personas`, { key })).status]).toEqual([what, 200]);
      expect([what, (await keys()).length]).toEqual([what, ++count]);
    });
    expect(steps).toBeGreaterThanOrEqual(4);
  });

  it('has promoted once, though the version that it was based on is gone', async () => {
    // To and fro, so that each is a promotion.
    const insert = api.database.prepare('INSERT INTO releases (hospital, release, added) VALUES (?, ?, ?)');
    const other = await withOtherHeads(2);
    await publishRelease(api.store, other);
    await api.database.batch([insert.bind('demo', other.hash, '2026-01-01T00:00:00Z')]);
    let { version } = await releases();
    const goal = () => (version % 2 === 1 ? other.hash : api.release);
    const request = (once: string) =>
      send('PUT', `${DEMO}/releases/current`, {
        body: { release: goal() },
        key: api.releaseKey,
        once,
        ifMatch: `"${version}"`,
      });
    const steps = await atEachStep(request, async (answer, what) => {
      expect([what, answer.status]).toEqual([what, 200]);
      const now = await releases();
      expect([what, now.version, now.current]).toEqual([what, version + 1, goal()]);
      expect(answer.headers.get('etag')).toBe(`"${now.version}"`);
      version = now.version;
    });
    expect(steps).toBeGreaterThanOrEqual(8);
  });
});

describe('two changes of a persona at once', () => {
  it('of which one renames and one retires, both stay', async () => {
    const path = `${DEMO}/personas/rank-2`;
    await Promise.all([
      send('PATCH', path, { body: { title: 'Dr. N.' } }),
      send('PATCH', path, { body: { retired: true } }),
    ]);
    const changed = await send('PATCH', path, { body: {} });
    expect(await changed.json()).toEqual({ id: 'rank-2', title: 'Dr. N.', retired: true });
    await send('PATCH', path, { body: { retired: false } });
    const { personas } = personasSchema.parse(
      await (await send('GET', `${DEMO}/personas`, { key: api.key })).json(),
    );
    expect(personas[1]).toMatchObject({ id: 'rank-2', title: 'Dr. N.' });
  });
});
