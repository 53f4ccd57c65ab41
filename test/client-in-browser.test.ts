import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { type RunningWorker, startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { picturePng } from './support/picture.ts';
import { addHospital, serve, syntheticRelease } from './support/synthetic-release.ts';

/** The typed client in a real browser, on a page of another origin, against the Worker in workerd. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const START_MS = 120_000;
let folder: string;
let worker: RunningWorker;
let page: Server;
let origin: string;
let browser: Browser;
let keys: string[];

const CLIENT = `
import { AdminClient } from '@d-persona/shared/client/admin-client.ts';
import { AnnotationClient } from '@d-persona/shared/client/annotation-client.ts';
import { Client } from '@d-persona/shared/client/client.ts';
Object.assign(globalThis, { AdminClient, AnnotationClient, Client });
`;

describe.skipIf(!existsSync(CHROMIUM))('the client in a browser', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'd-persona-browser-'));
    const store = new FolderStore(folder);
    keys = await addHospital(store, 'demo', [['segment'], ['admin'], ['annotate', 'release']]);
    await serve(store, 'demo', await syntheticRelease());
    const resolveDir = fileURLToPath(new URL('..', import.meta.url));
    const stdin = { contents: CLIENT, resolveDir, loader: 'ts' as const };
    const bundled = await build({
      ...{ stdin, bundle: true, write: false, format: 'esm', platform: 'browser' },
    });
    const script = bundled.outputFiles[0]?.text ?? '';
    page = createServer((request, response) => {
      const isScript = request.url === '/client.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? script : '<!doctype html><script type="module" src="/client.js"></script>');
    });
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
    worker = await startWorker({
      store: folder,
      variables: { ALLOWED_ORIGINS: origin },
      log: () => undefined,
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, START_MS);

  afterAll(async () => {
    await browser?.close();
    page?.close();
    await worker?.stop();
    await rm(folder, { recursive: true, force: true });
  }, START_MS);

  /** Runs the body of an async function on the page, with what it is given. */
  async function onPage<T>(body: string, given: object): Promise<T> {
    const tab = await browser.newPage();
    await tab.goto(origin);
    const run = `(async (given) => { ${body} })(${JSON.stringify(given)})`;
    try {
      return (await tab.evaluate(run)) as T;
    } finally {
      await tab.close();
    }
  }

  it('segments an image, and makes a key once though its answer was lost', async () => {
    const [key, adminKey] = keys;
    const image = [...picturePng()];
    const body = `
      const { url, key, adminKey, image } = given;
      const client = new Client({ url, key, hospital: 'demo' });
      const subject = { image: new Uint8Array(image), name: 'picture' };
      const { persona, mask } = await client.segmentAs('rank-2', subject);
      // The first answer to a new key is lost on its way.
      let lost = 0;
      const losing = async (...request) => {
        const response = await fetch(...request);
        if (request[1].method === 'POST' && lost++ === 0) throw new TypeError('network error');
        return response;
      };
      const admin = new AdminClient({ url, key: adminKey, fetch: losing, retry: { pause: async () => undefined } });
      const before = (await admin.keys('demo')).keys.length;
      const made = await admin.makeKey('demo', ['segment']);
      const after = (await admin.keys('demo')).keys.length;
      const personas = await new Client({ url, key: made.key, hospital: 'demo' }).personas();
      return { persona, size: mask.size, lost, made: after - before, personas: personas.personas.length };
    `;
    expect(await onPage(body, { url: worker.url, key, adminKey, image })).toEqual({
      ...{ persona: 'rank-2', size: [60, 70], lost: 2, made: 1, personas: 3 },
    });
  });

  it('hands in an outline beside its image, lists it, and withdraws it', async () => {
    const body = `
      const client = new AnnotationClient({ url: given.url, key: given.key, hospital: 'demo' });
      const subject = { image: new Uint8Array(given.image), name: 'picture' };
      const mask = { size: [60, 70], counts: [100, 10, 4090] };
      const { annotation } = await client.annotate(subject, { persona: 'rank-1', mask });
      await client.withdraw(annotation);
      const { annotations } = await client.list();
      return annotations.map(({ id, changed, withdrawn }) => [id === annotation, changed, withdrawn]);
    `;
    expect(await onPage(body, { url: worker.url, key: keys[2], image: [...picturePng()] })).toEqual([
      [true, 2, true],
    ]);
  });

  it('is told what was refused', async () => {
    const body = `
      const client = new Client({ url: given.url, key: given.key, hospital: 'north' });
      return client.personas().then(() => 'let in', ({ status, requestId }) => [status, requestId.length]);
    `;
    expect(await onPage(body, { url: worker.url, key: keys[0] })).toEqual([404, 36]);
  });
});

describe('pages of other origins', () => {
  it('are not let in unless the operator names them', async () => {
    const { startTestApp } = await import('../workers/src/app.fixtures.ts');
    const ask = async (settings: Record<string, string>, from: string) => {
      const api = await startTestApp(settings);
      const headers = { origin: from, 'access-control-request-method': 'POST' };
      const response = await api.send('/v1/hospitals/demo/cases', { method: 'OPTIONS', headers });
      return response.headers.get('access-control-allow-origin');
    };
    const allowed = { ALLOWED_ORIGINS: 'https://a.example https://b.example' };
    expect(await ask({}, 'https://a.example')).toBeNull();
    expect(await ask(allowed, 'https://b.example')).toBe('https://b.example');
    expect(await ask(allowed, 'https://b.example.evil.example')).toBeNull();
  });
});
