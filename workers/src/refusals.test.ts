import { PROBLEMS, type ProblemKind, problemSchema } from '@d-persona/shared/contract/problem.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { CASES, picturePng, SEGMENT_ALL, SEGMENT_AS, startTestApp, type TestApp } from './app.fixtures.ts';

const PNG = 'image/png';
let api: TestApp;
beforeAll(async () => {
  api = await startTestApp({ MAX_BODY_BYTES: 20_000 });
});

/** Checks that an answer is a problem document of that kind. @returns its detail */
async function expectProblem(response: Response, kind: ProblemKind): Promise<string> {
  const problem = problemSchema.parse(await response.json());
  expect(problem).toMatchObject({ type: `/problems/${kind}`, ...PROBLEMS[kind] });
  expect(response.status).toBe(problem.status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('x-request-id')).toBe(problem.instance);
  return problem.detail;
}

/** A PNG header that claims so many pixels, with nothing behind it. */
function pngHeader(width: number, height: number): Uint8Array<ArrayBuffer> {
  const png = encodePng({ height: 8, width: 8, channels: 1, data: new Uint8Array(64) });
  const header = new DataView(png.buffer, png.byteOffset);
  header.setUint32(16, width);
  header.setUint32(20, height);
  header.setUint32(29, crc32(png.subarray(12, 29)));
  return png;
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

describe('keys', () => {
  const routes: [method: string, path: string][] = [
    ['GET', '/v1/hospitals/demo/personas'],
    ['POST', CASES],
    ['POST', SEGMENT_AS],
    ['POST', SEGMENT_ALL],
  ];
  const inNobodysName = `dp_nowhere_0123456789ab_${'A'.repeat(43)}`;

  it.each(routes)('%s %s', async (method, path) => {
    const ask = (authorization: string, at = path) => api.send(at, { method, headers: { authorization } });
    const detail = await expectProblem(await ask(''), 'missing-key');
    expect(detail).toContain('Bearer');
    expect((await ask('')).headers.get('www-authenticate')).toMatch(/^Bearer/);
    const wrong = [`Basic ${api.key}`, 'Bearer', `Bearer ${api.key}A`, `Bearer ${api.key.slice(0, -1)}!`];
    for (const header of [...wrong, `Bearer ${inNobodysName}`])
      await expectProblem(await ask(header), 'missing-key');
    await expectProblem(await ask(`Bearer ${api.annotateKey}`), 'missing-scope');
    await expectProblem(await ask(`Bearer ${api.northKey}`), 'not-found');
    // What exists and what does not look the same to a stranger.
    const [there, nowhere] = await Promise.all(
      [path, path.replace('demo', 'nowhere')].map(async (at) => {
        const response = await ask(`Bearer ${api.northKey}`, at);
        return { ...problemSchema.parse(await response.json()), instance: '' };
      }),
    );
    expect(nowhere).toEqual(there);
    expect((await ask(`bearer ${api.key}`)).status).not.toBe(401);
  });

  it("a case is not known to another hospital's key", async () => {
    const { case: id } = (await (await api.post(CASES, picturePng(), PNG)).json()) as { case: string };
    const response = await api.post(
      '/v1/hospitals/north/segmentations',
      JSON.stringify({ case: id }),
      'application/json',
      { authorization: `Bearer ${api.northKey}` },
    );
    await expectProblem(response, 'unknown-case');
  });
});

describe('bodies', () => {
  const zeros = new Uint8Array(100);
  const cut = picturePng().slice(0, -20);
  const cases: [
    what: string,
    body: Uint8Array<ArrayBuffer> | string,
    type: string | undefined,
    kind: ProblemKind,
    detail: RegExp,
  ][] = [
    ['of 0 bytes', '', PNG, 'malformed-request', /0 bytes/],
    ['that are no image', zeros, PNG, 'malformed-request', /is not the image\/png/],
    ['that are no JPEG', zeros, 'image/jpeg', 'malformed-request', /not a PNG or JPEG/],
    ['that are cut off', cut, PNG, 'malformed-request', /body/],
    ['larger than the limit', new Uint8Array(20_001), PNG, 'too-large', /more than 20000 bytes/],
    ['of 1 × 1 pixel', pngHeader(1, 1), PNG, 'unreadable-image', /1 × 1 pixels/],
    ['of 20,000 × 20,000 pixels', pngHeader(20_000, 20_000), PNG, 'too-large', /20000 × 20000 pixels/],
    ['of PNG as JPEG', picturePng(), 'image/jpeg', 'malformed-request', /is not the image\/jpeg/],
    ['that are no DICOM', zeros, 'application/dicom', 'malformed-request', /body: is not a DICOM object/],
    [
      'of another type',
      picturePng(),
      'application/octet-stream',
      'unsupported-media-type',
      /Send image\/png/,
    ],
    ['of no type', picturePng(), undefined, 'unsupported-media-type', /no content type/],
    ['of no multipart', zeros, 'multipart/form-data; boundary=x', 'malformed-request', /multipart/],
  ];

  it.each(cases)('%s', async (_, body, type, kind, detail) => {
    for (const path of [CASES, SEGMENT_AS, SEGMENT_ALL]) {
      expect(await expectProblem(await api.post(path, body, type), kind)).toMatch(detail);
    }
  });

  it.each([
    ['no JSON', 'not json'],
    ['an empty object', '{}'],
    ['a case and more', `{"case": "${'0'.repeat(64)}-0", "more": 1}`],
    ['a path as case', '{"case": "../../hospital.json"}'],
  ])('of JSON with %s', async (_, body) => {
    const detail = await expectProblem(
      await api.post(SEGMENT_AS, body, 'application/json'),
      'malformed-request',
    );
    expect(detail).not.toContain('hospital.json');
    await expectProblem(await api.post(CASES, body, 'application/json'), 'unsupported-media-type');
  });

  it('whose length is not announced are counted as they come', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1000;
        controller.enqueue(new Uint8Array(1000));
      },
    });
    const init = { method: 'POST', body: endless, headers: { 'content-type': PNG }, duplex: 'half' };
    await expectProblem(await api.send(CASES, init as RequestInit), 'too-large');
    expect(sent).toBeLessThan(30_000);
  });

  it.each([
    ['without an image', { options: '{}' }, 'malformed-request'],
    ['with the image as text', { image: 'abc' }, 'malformed-request'],
    [
      'with an unknown part',
      { image: new Blob([picturePng()], { type: PNG }), more: '1' },
      'malformed-request',
    ],
    [
      'with an image of another type',
      { image: new Blob(['GIF8'], { type: 'image/gif' }) },
      'unsupported-media-type',
    ],
    [
      'with options that are no JSON',
      { image: new Blob([picturePng()], { type: PNG }), options: '{' },
      'malformed-request',
    ],
    [
      'with unknown options',
      { image: new Blob([picturePng()], { type: PNG }), options: '{"sede":1}' },
      'malformed-request',
    ],
  ] as [string, Record<string, string | Blob>, ProblemKind][])('of multipart %s', async (_, parts, kind) => {
    const body = new FormData();
    for (const [name, part] of Object.entries(parts)) body.set(name, part);
    await expectProblem(await api.send(CASES, { method: 'POST', body }), kind);
  });

  it('of multipart that give an option twice', async () => {
    const body = new FormData();
    body.set('image', new Blob([picturePng()], { type: PNG }));
    body.set('options', '{"seed": 1}');
    const detail = await expectProblem(
      await api.send(`${CASES}?seed=1`, { method: 'POST', body }),
      'malformed-request',
    );
    expect(detail).toContain('seed');
  });
});

describe('options', () => {
  it.each([
    ['region=abc', 'malformed-request', /region/],
    ['region=1', 'malformed-request', /region/],
    ['region=1,2,3', 'malformed-request', /region/],
    ['region=1,2,0,5', 'malformed-request', /region/],
    ['region=-1,5', 'malformed-request', /region/],
    ['region=70,5', 'unreadable-image', /outside the image of 70 × 60/],
    ['region=5,60', 'unreadable-image', /outside the image/],
    ['region=5,5,1000,5', 'unreadable-image', /extent/],
    ['seed=-1', 'malformed-request', /seed: must be at least 0/],
    ['seed=1.5', 'malformed-request', /seed/],
    ['seed=4294967296', 'malformed-request', /seed/],
    ['seed=1&seed=2', 'malformed-request', /seed/],
    ['frame=0', 'malformed-request', /frame/],
    ['frame=2', 'unreadable-image', /frame/],
    ['unknown=1', 'malformed-request', /name that is not known/],
  ] as [string, ProblemKind, RegExp][])('%s', async (query, kind, expected) => {
    for (const path of [CASES, SEGMENT_AS, SEGMENT_ALL]) {
      expect(await expectProblem(await api.post(`${path}?${query}`, picturePng(), PNG), kind)).toMatch(
        expected,
      );
    }
  });

  it.each(['threshold=0', 'threshold=1', 'threshold=x'])('%s', async (query) => {
    for (const path of [SEGMENT_AS, SEGMENT_ALL]) {
      const response = await api.post(`${path}?${query}`, picturePng(), PNG);
      expect(await expectProblem(response, 'malformed-request')).toContain('threshold');
    }
  });

  it.each(['samples=101', 'samples=-1', 'samples=many'])('%s', async (query) => {
    const response = await api.post(`${SEGMENT_ALL}?${query}`, picturePng(), PNG);
    expect(await expectProblem(response, 'malformed-request')).toContain('samples');
  });

  it('a region with a case, which has one already', async () => {
    const { case: id } = (await (await api.post(CASES, picturePng(), PNG)).json()) as { case: string };
    const response = await api.post(
      `${SEGMENT_AS}?region=5,5`,
      JSON.stringify({ case: id }),
      'application/json',
    );
    expect(await expectProblem(response, 'malformed-request')).toContain('region');
  });
});

describe('resources and representations', () => {
  it('an unknown persona', async () => {
    const path = '/v1/hospitals/demo/personas/rank-9/segmentations';
    expect(await expectProblem(await api.post(path, picturePng(), PNG), 'not-found')).toContain('persona');
  });

  it('a persona that could not be one', async () => {
    const path = '/v1/hospitals/demo/personas/..%2f..%2fhospital/segmentations';
    const response = await api.post(path, picturePng(), PNG);
    expect([400, 404]).toContain(response.status);
    // Neither as it was sent nor decoded; the answer's random request id may hold any two hex digits.
    expect(await response.text()).not.toMatch(/%2f|\.\./i);
  });

  it.each([
    '/v1/hospitals/demo%2f..%2fnorth/personas',
    '/v1/hospitals/../hospitals/north/personas',
    '/v1/hospitals/demo%00/personas',
    '/v1/hospitals/demo%0d%0aset-cookie:a=b/personas',
    '/v1/hospitals/%2e%2e/%2e%2e/metrics',
    '/v1/hospitals/DEMO/personas',
    '/v1/hospitals/demo%20/personas',
    '/v1/hospitals/demo%27%20OR%201=1--/personas',
    '/v1/hospitals/%ff%fe/personas',
    '/v1//hospitals/demo/personas',
    '/v1/hospitals/demo/releases/..%2f..%2fkeys',
    '/v1/hospitals/demo/annotations/%252e%252e/image',
  ])('%s, which leads nowhere', async (path) => {
    for (const key of [api.key, api.adminKey, api.releaseKey]) {
      const response = await api.send(path, { headers: { authorization: `Bearer ${key}` } });
      expect([400, 403, 404, 405]).toContain(response.status);
      expect(response.headers.get('set-cookie')).toBeNull();
      expect(await response.text()).not.toMatch(/OR 1=1|set-cookie|SQLITE|D1_ERROR/);
    }
  });

  it.each([
    ['authorization', `Bearer dp_demo_${'0'.repeat(12)}_' OR 1=1 --`],
    ['authorization', 'Bearer ../../hospitals/demo/hospital.json'],
    ['authorization', `Bearer ${'A'.repeat(5000)}`],
    ['authorization', 'Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.'],
  ])('a header %s of %s', async (name, value) => {
    const response = await api.send('/v1/hospitals/demo/personas', { headers: { [name]: value } });
    await expectProblem(response, 'missing-key');
  });

  it('other headers that lie about who asks, or for whom', async () => {
    const headers = {
      authorization: `Bearer ${api.northKey}`,
      ...{ 'x-forwarded-host': 'demo', 'x-original-url': '/v1/hospitals/north/personas', host: 'demo' },
      ...{ 'x-http-method-override': 'DELETE', forwarded: 'for=127.0.0.1' },
    };
    await expectProblem(await api.send('/v1/hospitals/demo/personas', { headers }), 'not-found');
  });

  it('an unknown path and a wrong method', async () => {
    await expectProblem(await api.send('/v2/health'), 'not-found');
    const deleted = await api.send('/v1/health', { method: 'DELETE' });
    expect(deleted.headers.get('allow')).toBe('GET');
    await expectProblem(deleted, 'method-not-allowed');
    const trial = await api.send('/v1/hospitals/demo/releases/trial', { method: 'POST' });
    expect(trial.headers.get('allow')).toBe('DELETE, PUT');
  });

  it('a representation that there is not', async () => {
    const post = (path: string, accept: string) => api.post(path, picturePng(), PNG, { accept });
    await expectProblem(await post(SEGMENT_AS, 'application/dicom'), 'not-acceptable');
    await expectProblem(await post(SEGMENT_ALL, PNG), 'not-acceptable');
    await expectProblem(await post(`${SEGMENT_AS}?format=overlay`, 'application/json'), 'not-acceptable');
  });

  it('each kind of problem has a line about it at its URI', async () => {
    for (const [kind, { title }] of Object.entries(PROBLEMS)) {
      expect(await (await api.send(`/problems/${kind}`)).text()).toContain(title);
    }
    await expectProblem(await api.send('/problems/toString'), 'not-found');
  });
});

describe('request ids', () => {
  it("are the caller's own if they are harmless, and new ones otherwise", async () => {
    const idFor = async (offered: string) => {
      const response = await api.send('/nothing', { headers: { 'x-request-id': offered } });
      return response.headers.get('x-request-id');
    };
    expect(await idFor('order-4711.b')).toBe('order-4711.b');
    for (const offered of ['short', 'a b c d e f', '"><script>', 'x'.repeat(129)]) {
      expect(await idFor(offered)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
