import { hospitalsSchema, keysSchema, madeKeySchema } from '@d-persona/shared/contract/administration.ts';
import { personasSchema } from '@d-persona/shared/contract/personas.ts';
import { allPersonasSchema } from '@d-persona/shared/contract/segmentation.ts';
import type { Scope } from '@d-persona/shared/release/hospital.ts';
import { sha256 } from '@d-persona/shared/release/sha256.ts';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { picturePng, SEGMENT_ALL, SEGMENT_AS, startTestApp, type TestApp } from './app.fixtures.ts';

const OPERATOR = `dpo_${'O'.repeat(43)}`;
const DEMO = '/v1/hospitals/demo';
let api: TestApp;
beforeEach(async () => {
  api = await startTestApp({ OPERATOR_KEY_SHA256: await sha256(new TextEncoder().encode(OPERATOR)) });
});

function send(method: string, path: string, body?: unknown, key = api.adminKey): Promise<Response> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  return api.send(path, { method, ...init, headers: { authorization: `Bearer ${key}` } });
}

async function makeKey(scopes: Scope[], more: object = {}) {
  const response = await send('POST', `${DEMO}/keys`, { scopes, ...more });
  expect(response.status).toBe(201);
  return madeKeySchema.parse(await response.json());
}

const personas = (key: string) => send('GET', `${DEMO}/personas`, undefined, key);

describe('keys', () => {
  it('are made with their scopes, and only their hashes are kept', async () => {
    const { id, key } = await makeKey(['segment']);
    expect((await personas(key)).status).toBe(200);
    expect((await send('GET', `${DEMO}/keys`, undefined, key)).status).toBe(403);
    const { results } = await api.database.prepare('SELECT * FROM keys').bind().all();
    expect(JSON.stringify(results)).not.toContain(key.slice(-30));
    const { keys } = keysSchema.parse(await (await send('GET', `${DEMO}/keys`)).json());
    expect(keys.find((listed) => listed.id === id)).toMatchObject({ scopes: ['segment'], revoked: null });
  });

  it('do not work from the moment they are revoked, not even while the database is down', async () => {
    const { id, key } = await makeKey(['segment']);
    expect((await personas(key)).status).toBe(200);
    expect((await send('DELETE', `${DEMO}/keys/${id}`)).status).toBe(204);
    expect((await personas(key)).status).toBe(401);
    api.database.down = true;
    expect((await personas(key)).status).toBe(503);
  });

  it('expire', async () => {
    const expires = new Date(api.clock.ms + 60_000).toISOString();
    const { key } = await makeKey(['segment'], { expires });
    api.clock.ms += 59_999;
    expect((await personas(key)).status).toBe(200);
    api.clock.ms += 1;
    expect((await personas(key)).status).toBe(401);
    expect((await send('POST', `${DEMO}/keys`, { scopes: ['segment'], expires })).status).toBe(400);
  });

  it('are rotated, with a time in which both work', async () => {
    const old = await makeKey(['segment']);
    const response = await send('POST', `${DEMO}/keys/${old.id}/rotations`, { grace: 10 });
    const made = madeKeySchema.parse(await response.json());
    expect(made.scopes).toEqual(['segment']);
    for (const { key } of [old, made]) expect((await personas(key)).status).toBe(200);
    api.clock.ms += 10_000;
    expect((await personas(old.key)).status).toBe(401);
    expect((await personas(made.key)).status).toBe(200);
    expect((await send('POST', `${DEMO}/keys/000000000000/rotations`, {})).status).toBe(404);
  });

  it.each([
    { scopes: [] },
    { scopes: ['root'] },
    { scopes: ['segment'], expires: 'tomorrow' },
    { scopes: ['segment'], hospital: 'north' },
    'segment',
  ])('are refused as %j', async (body) => {
    const response = await send('POST', `${DEMO}/keys`, body);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toMatch(/root|tomorrow|north/);
  });

  it('a thousand wrong ones are all refused, and the right one goes on working', async () => {
    const wrong = (i: number) => api.key.slice(0, -4) + String(i).padStart(4, 'x');
    for (let i = 0; i < 1000; i++) expect([401, 429]).toContain((await personas(wrong(i))).status);
    expect((await personas(api.key)).status).toBe(200);
  });
});

describe('hospitals', () => {
  it('are added, listed and removed by the operator alone', async () => {
    const south = { id: 'south', title: 'South Hospital' };
    for (const key of [api.adminKey, api.key]) {
      expect((await send('POST', '/v1/hospitals', south, key)).status).toBe(403);
      expect((await send('GET', '/v1/hospitals', undefined, key)).status).toBe(403);
      expect((await send('DELETE', '/v1/hospitals/demo', undefined, key)).status).toBe(403);
    }
    const wrong = `dpo_${'P'.repeat(43)}`;
    expect((await send('POST', '/v1/hospitals', south, wrong)).status).toBe(401);
    expect((await send('POST', '/v1/hospitals', south, OPERATOR)).status).toBe(201);
    expect((await send('POST', '/v1/hospitals', south, OPERATOR)).status).toBe(201);
    expect((await send('POST', '/v1/hospitals', { ...south, title: 'Other' }, OPERATOR)).status).toBe(409);
    const listed = await send('GET', '/v1/hospitals', undefined, OPERATOR);
    expect(hospitalsSchema.parse(await listed.json()).hospitals.map(({ id }) => id)).toEqual([
      'demo',
      'north',
      'south',
    ]);

    const first = await send('POST', '/v1/hospitals/south/keys', { scopes: ['admin', 'segment'] }, OPERATOR);
    const { key } = madeKeySchema.parse(await first.json());
    expect((await send('GET', '/v1/hospitals/south/keys', undefined, key)).status).toBe(200);
    const noRelease = await send('GET', '/v1/hospitals/south/personas', undefined, key);
    expect(noRelease.status).toBe(503);

    expect((await send('DELETE', '/v1/hospitals/south', undefined, OPERATOR)).status).toBe(204);
    expect((await send('GET', '/v1/hospitals/south/keys', undefined, key)).status).toBe(401);
    expect((await send('GET', '/v1/hospitals/south/keys', undefined, OPERATOR)).status).toBe(404);
    expect((await send('POST', '/v1/hospitals', south, OPERATOR)).status).toBe(409);
  });

  it('are not segmented for by the operator', async () => {
    expect((await send('GET', `${DEMO}/personas`, undefined, OPERATOR)).status).toBe(403);
  });
});

describe('personas', () => {
  it('are renamed, retired and brought back', async () => {
    const change = (body: object, id = 'rank-2') => send('PATCH', `${DEMO}/personas/${id}`, body);
    expect(await (await change({ title: 'Dr. N.' })).json()).toEqual({
      id: 'rank-2',
      title: 'Dr. N.',
      retired: false,
    });
    const list = async () => personasSchema.parse(await (await personas(api.key)).json()).personas;
    expect((await list())[1]).toMatchObject({ id: 'rank-2', title: 'Dr. N.' });
    await change({ retired: true });
    expect((await list()).map(({ id }) => id)).toEqual(['rank-1', 'rank-3']);
    expect((await api.post(SEGMENT_AS, picturePng(), 'image/png')).status).toBe(404);
    const all = allPersonasSchema.parse(
      await (await api.post(SEGMENT_ALL, picturePng(), 'image/png')).json(),
    );
    expect(all.segmentations.map(({ id }) => id)).toEqual(['persona/rank-1', 'persona/rank-3']);
    await change({ retired: false });
    expect((await list())[1]).toMatchObject({ id: 'rank-2', title: 'Dr. N.' });
    expect((await change({ retired: true }, 'rank-9')).status).toBe(404);
    const north = await send('GET', '/v1/hospitals/north/personas', undefined, api.northKey);
    expect(JSON.stringify(await north.json())).not.toContain('Dr. N.');
  });
});

describe('access tokens', async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const other = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one' };
  const provider = { issuer: 'https://login.demo.example/', audience: 'd-persona', scopes: ['segment'] };
  const claims = { iss: provider.issuer, aud: provider.audience, sub: 'viewer', scope: 'segment admin' };

  function token(change: Record<string, unknown> = {}, key: CryptoKey = pair.privateKey): Promise<string> {
    const exp = Math.floor(api.clock.ms / 1000) + 300;
    const header = { alg: 'ES256', kid: 'one' };
    return new SignJWT({ ...claims, exp, ...change }).setProtectedHeader(header).sign(key);
  }
  beforeEach(async () => {
    const body = { ...provider, jwks: { keys: [jwk] } };
    expect((await send('PUT', `${DEMO}/identity-provider`, body)).status).toBe(204);
  });

  it('of the hospital are taken, with the scopes that it grants', async () => {
    expect((await personas(await token())).status).toBe(200);
    expect((await send('GET', `${DEMO}/keys`, undefined, await token())).status).toBe(403);
    expect((await personas(await token({ scope: 'annotate' }))).status).toBe(403);
    expect((await send('GET', '/v1/hospitals/north/personas', undefined, await token())).status).toBe(404);
    await send('DELETE', `${DEMO}/identity-provider`);
    expect((await personas(await token())).status).toBe(401);
  });

  it('are refused when expired, unsigned, signed by another, or meant for another', async () => {
    const exp = Math.floor(api.clock.ms / 1000);
    const hmac = new SignJWT({ ...claims, exp: exp + 300 }).setProtectedHeader({ alg: 'HS256' });
    const [head, body] = (await token()).split('.');
    const wrong = [
      await token({ exp: exp - 60 }),
      await token({ nbf: exp + 600 }),
      await token({ iss: 'https://evil.example/' }),
      await token({ aud: 'other' }),
      await token({ aud: ['d-persona', 'other'] }),
      await token({ sub: undefined }),
      await token({ exp: undefined }),
      await token({}, other.privateKey),
      new UnsecuredJWT(claims).setExpirationTime(exp + 300).encode(),
      await hmac.sign(new TextEncoder().encode(JSON.stringify(jwk))),
      `${head}.${body}.`,
      `${head}.${body}.AAAA`,
      'a.b.c',
    ];
    for (const [i, bad] of wrong.entries()) expect([i, (await personas(bad)).status]).toEqual([i, 401]);
  });

  it('need public keys, and an issuer that no other hospital has', async () => {
    const secret = { ...(await exportJWK(pair.privateKey)), kid: 'one' };
    const put = (hospital: string, key: object) =>
      send(
        'PUT',
        `/v1/hospitals/${hospital}/identity-provider`,
        { ...provider, jwks: { keys: [key] } },
        OPERATOR,
      );
    expect((await put('demo', secret)).status).toBe(400);
    expect((await put('demo', { kty: 'oct', k: 'AAAA' })).status).toBe(400);
    expect((await put('north', jwk)).status).toBe(409);
  });
});

describe('retention', () => {
  it('is kept by hospital', async () => {
    const kept = { annotation_days: 30, audit_days: 90 };
    expect((await send('PUT', `${DEMO}/retention`, kept)).status).toBe(204);
    expect(await (await send('GET', `${DEMO}/retention`)).json()).toEqual(kept);
    expect((await send('PUT', `${DEMO}/retention`, { ...kept, audit_days: 0 })).status).toBe(400);
  });
});
