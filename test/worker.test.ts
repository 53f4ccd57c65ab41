import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { caseSchema } from '@d-persona/shared/contract/cases.ts';
import { healthSchema } from '@d-persona/shared/contract/health.ts';
import { personasSchema } from '@d-persona/shared/contract/personas.ts';
import { problemSchema } from '@d-persona/shared/contract/problem.ts';
import {
  type AllPersonas,
  allPersonasSchema,
  personaSegmentationSchema,
} from '@d-persona/shared/contract/segmentation.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import { decodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { bundleWorker } from '@d-persona/trainer/serve/bundle-worker.ts';
import { type RunningWorker, startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { picturePng } from '../workers/src/app.fixtures.ts';
import { addHospital, serve, syntheticRelease } from './support/synthetic-release.ts';

/** Over real HTTP, in the real runtime, from the bundle that is deployed. */
let worker: RunningWorker;
let folder: string;
let key: string;
let northKey: string;
const logged: string[] = [];

/** Bundling and starting take three seconds, and much longer on a machine that has other work. */
const START_MS = 120_000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd-persona-test-'));
  const store = new FolderStore(folder);
  [key = ''] = await addHospital(store, 'demo', [['segment']]);
  [northKey = ''] = await addHospital(store, 'north', [['segment']]);
  await serve(store, 'demo', await syntheticRelease());
  worker = await startWorker({
    store: folder,
    bundle: await bundleWorker(fileURLToPath(new URL('support/debug-worker.ts', import.meta.url))),
    variables: { MAX_BODY_BYTES: 100_000 },
    log: (line) => logged.push(line),
  });
}, START_MS);

afterAll(async () => {
  await worker?.stop();
  await rm(folder, { recursive: true, force: true });
}, START_MS);

function send(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(worker.url + path, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });
}

function post(path: string, body: BodyInit, contentType = 'image/png', headers: Record<string, string> = {}) {
  return send(path, { method: 'POST', body, headers: { 'content-type': contentType, ...headers } });
}

const CASES = '/v1/hospitals/demo/cases';
const SEGMENT_AS = '/v1/hospitals/demo/personas/rank-2/segmentations';
const SEGMENT_ALL = '/v1/hospitals/demo/segmentations';

describe('in workerd', () => {
  it('serves health, personas, the description and its page', async () => {
    expect(healthSchema.parse(await (await fetch(`${worker.url}/v1/health`)).json()).limits.body_bytes).toBe(
      100_000,
    );
    const personas = personasSchema.parse(await (await send('/v1/hospitals/demo/personas')).json());
    expect(personas.personas).toHaveLength(3);
    expect(await (await fetch(`${worker.url}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.0' });
    expect(await (await fetch(`${worker.url}/docs`)).text()).toContain('<title>D-Persona API</title>');
  });

  it('answers a case as the image, byte for byte, and draws by persona', async () => {
    const image = picturePng();
    const byImage = await (await post(SEGMENT_AS, image)).text();
    const made = caseSchema.parse(await (await post(CASES, image)).json());
    const reference = JSON.stringify({ case: made.case });
    expect(await (await post(SEGMENT_AS, reference, 'application/json')).text()).toBe(byImage);
    const { mask } = personaSegmentationSchema.parse(JSON.parse(byImage));
    const png = await post(SEGMENT_AS, reference, 'application/json', { accept: 'image/png' });
    const drawn = decodeImage(new Uint8Array(await png.arrayBuffer()), { name: 'mask', maxPixels: 1e6 });
    expect(drawn.data).toEqual(decodeRunLengths(mask, 'mask').data.map((value) => 255 * value));
    for (const format of ['overlay', 'probability']) {
      const picture = await post(`${SEGMENT_AS}?format=${format}`, image);
      expect(picture.headers.get('content-type')).toBe('image/png');
    }
  });

  it('reads a multipart body', async () => {
    const form = new FormData();
    form.set('image', new Blob([picturePng()], { type: 'image/png' }), 'slice.png');
    form.set('options', '{"samples": 2, "seed": 3}');
    const multipart = await send(SEGMENT_ALL, { method: 'POST', body: form });
    const plain = await post(`${SEGMENT_ALL}?samples=2&seed=3`, picturePng());
    const text = await multipart.text();
    expect(allPersonasSchema.parse(JSON.parse(text)).segmentations).toHaveLength(5);
    expect(text).toBe(await plain.text());
  });

  it('answers twenty requests at once as it answers them one by one', async () => {
    const ask = async (i: number) =>
      (await post(`${SEGMENT_ALL}?samples=3`, picturePng(60, 70, i % 7))).text();
    const concurrent = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(i)));
    for (const [i, text] of concurrent.entries()) expect(text).toBe(await ask(i));
    expect(new Set(concurrent).size).toBe(7);
  });

  it('keeps the memory of its engine over thirty requests', async () => {
    const engineBytes = async () => (await fetch(`${worker.url}/debug/engine-bytes`)).json();
    await post(SEGMENT_ALL, picturePng());
    const before = await engineBytes();
    expect(before).toBeGreaterThan(0);
    for (let i = 0; i < 30; i++) {
      const response = await post(
        `${SEGMENT_ALL}?samples=2`,
        i % 3 === 0 ? new Uint8Array(i) : picturePng(60, 70, i),
      );
      expect(response.status).toBe(i % 3 === 0 ? 400 : 200);
      await response.body?.cancel();
    }
    expect(await engineBytes()).toBe(before);
  });

  it('refuses with a problem document', async () => {
    const refusals: [Promise<Response>, number][] = [
      [fetch(worker.url + SEGMENT_AS, { method: 'POST' }), 401],
      [post(SEGMENT_AS, picturePng(), 'image/png', { authorization: `Bearer ${northKey}` }), 404],
      [post(SEGMENT_AS, JSON.stringify({ case: `${'0'.repeat(64)}-0` }), 'application/json'), 404],
      [post(SEGMENT_AS, '', 'image/png'), 400],
      [post(SEGMENT_AS, new Uint8Array(100_001)), 413],
      [post(SEGMENT_AS, picturePng(), 'application/dicom'), 400],
      [post(SEGMENT_AS, picturePng(7, 7)), 422],
      [post(`${SEGMENT_AS}?region=70,0`, picturePng()), 422],
      [post(`${SEGMENT_ALL}?samples=101`, picturePng()), 400],
      [post(SEGMENT_ALL, picturePng(), 'image/png', { accept: 'application/dicom' }), 406],
      [post('/v1/hospitals/demo/personas/rank-9/segmentations', picturePng()), 404],
    ];
    for (const [answer, status] of refusals) {
      const response = await answer;
      expect(problemSchema.parse(await response.json()).status).toBe(status);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  it('has logged a line for each request, with nothing of what was sent', () => {
    const lines = logged.map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(80);
    for (const line of lines) {
      expect(line).toMatchObject({ level: 'info', request: expect.any(String), ms: expect.any(Number) });
      expect(line.route).toMatch(/^(none|\/[a-z0-9/{}.-]*)$/);
    }
    const served = lines.find(({ route, status }) => route.endsWith('/segmentations') && status === 200);
    expect(served).toMatchObject({ hospital: 'demo', release: expect.stringMatching(/^[0-9a-f]{64}$/) });
    for (const secret of [key, northKey]) expect(logged.join()).not.toContain(secret);
  });
});

describe('a Worker of its own', () => {
  it('tells that it has nothing to serve, and is gone when it is stopped', async () => {
    const empty = await startWorker({ store: join(folder, 'nothing') });
    const health = await fetch(`${empty.url}/v1/health`);
    expect(problemSchema.parse(await health.json()).status).toBe(503);
    expect(Number(health.headers.get('retry-after'))).toBeGreaterThan(0);
    await empty.stop();
    await expect(fetch(`${empty.url}/v1/health`)).rejects.toThrow();
  });
});

describe('the reference engine', () => {
  it('draws the same masks where the operator chooses it', async () => {
    const other = await startWorker({ store: folder, variables: { ENGINE: 'tfjs' } });
    try {
      const init = {
        method: 'POST',
        body: picturePng(),
        headers: { authorization: `Bearer ${key}`, 'content-type': 'image/png' },
      };
      const [theirs, ours] = await Promise.all(
        [other, worker].map(async ({ url }) =>
          allPersonasSchema.parse(await (await fetch(url + SEGMENT_ALL, init)).json()),
        ),
      );
      const areas = (answer?: AllPersonas) => answer?.segmentations.map(({ area }) => area) ?? [];
      expect(areas(ours)).toHaveLength(3);
      for (const [i, area] of areas(ours).entries())
        expect(Math.abs(area - (areas(theirs)[i] ?? 0))).toBeLessThanOrEqual(2);
    } finally {
      await other.stop();
    }
  });
});

describe('the bundle', () => {
  it('holds what serves and nothing that trains', async () => {
    const { main, modules } = await bundleWorker();
    const code = String(modules[main]?.contents);
    // The bundler leaves a comment with the path of each module.
    for (const path of ['shared/src/model/unet.ts', 'node_modules/@tensorflow/tfjs-core/'])
      expect(code).toContain(`// ${path}`);
    for (const path of ['trainer/', 'node_modules/@tensorflow/tfjs/'])
      expect(code).not.toContain(`// ${path}`);
    const binaries = Object.keys(modules).filter((name) => name.endsWith('.wasm'));
    for (const build of ['engine-relaxed.wasm', 'engine.wasm'])
      expect(binaries.some((name) => name.endsWith(build))).toBe(true);
    expect(binaries.some((name) => name.includes('tfjs-backend-wasm-simd'))).toBe(true);
    // Beside these, the decoders of compressed DICOM frames.
    expect(binaries).toHaveLength(7);
  });
});
