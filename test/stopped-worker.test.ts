import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reconciliationSchema } from '@d-persona/shared/contract/administration.ts';
import { annotationListSchema } from '@d-persona/shared/contract/annotations.ts';
import { createOperatorKey, operatorKeyHash } from '@d-persona/shared/release/api-key.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { bundleWorker, type WorkerBundle } from '@d-persona/trainer/serve/bundle-worker.ts';
import { type RunningWorker, startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../shared/src/image/encode-png.ts';
import { picturePng } from './support/picture.ts';
import { addHospital, serve, syntheticRelease, withOtherHeads } from './support/synthetic-release.ts';

/** The runtime itself is killed in the middle of a write, and started again on what it had stored. */
let folder: string;
let bundle: WorkerBundle;
let worker: RunningWorker;
let keys: string[];
let stopped: () => void = () => undefined;
const operator = createOperatorKey();
const TEST_MS = 240_000;
const release = await withOtherHeads(3);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd-persona-stopped-'));
  const store = new FolderStore(join(folder, 'store'));
  keys = await addHospital(store, 'demo', [['annotate'], ['release']]);
  await serve(store, 'demo', await syntheticRelease());
  bundle = await bundleWorker(fileURLToPath(new URL('support/stopping-worker.ts', import.meta.url)));
  worker = await start();
}, TEST_MS);

afterAll(async () => {
  await worker?.stop();
  await rm(folder, { recursive: true, force: true });
}, TEST_MS);

async function start(): Promise<RunningWorker> {
  return startWorker({
    ...{ store: join(folder, 'store'), persist: join(folder, 'state'), bundle },
    variables: { OPERATOR_KEY_SHA256: (await operatorKeyHash(operator)) ?? '' },
    log: (line) => {
      if (line === 'stopped') stopped();
    },
  });
}

/** Kills the runtimes that this process started, at once and without a chance to tidy up. */
function killRuntime(): void {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const [, name, , parent] = stat(entry) ?? [];
    if (name === 'workerd' && Number(parent) === process.pid) process.kill(Number(entry), 'SIGKILL');
  }
}

/** @returns pid, name, state and parent of a process, or undefined for one that is gone */
function stat(pid: string): string[] | undefined {
  try {
    return /^(\d+) \((.*)\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.slice(1);
  } catch {
    return undefined;
  }
}

/** Sends a request that stops at a write, kills the runtime there, and starts it again. @returns whether it came so far */
async function killedAt(at: number, done: boolean, request: () => Promise<Response>): Promise<boolean> {
  await fetch(`${worker.url}/debug/stop?at=${at}${done ? '&done' : ''}`);
  const reached = new Promise<true>((resolve) => {
    stopped = () => resolve(true);
  });
  const answered = request().then(
    () => false as const,
    () => false as const,
  );
  const killed = await Promise.race([reached, answered]);
  if (!killed) return false;
  killRuntime();
  await worker.stop();
  worker = await start();
  return true;
}

const as = (key: string | undefined, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${key}`,
  ...more,
});

async function reconcile() {
  const response = await fetch(`${worker.url}/v1/reconciliations`, { method: 'POST', headers: as(operator) });
  return reconciliationSchema.parse(await response.json());
}

const [HEIGHT, WIDTH] = [60, 70];

function annotate(number: number): Promise<Response> {
  const data = new Uint8Array(HEIGHT * WIDTH).fill(255, 0, 1 + number);
  const mask = encodePng({ height: HEIGHT, width: WIDTH, channels: 1, data });
  const body = new FormData();
  body.set('annotation', JSON.stringify({ persona: 'rank-1' }));
  body.set('image', new Blob([picturePng(HEIGHT, WIDTH)], { type: 'image/png' }), 'image');
  body.set('mask', new Blob([mask], { type: 'image/png' }), 'mask');
  return fetch(`${worker.url}/v1/hospitals/demo/annotations`, {
    ...{ method: 'POST', body, headers: as(keys[0], { 'idempotency-key': `a-${number}` }) },
  });
}

async function listed() {
  const path = `${worker.url}/v1/hospitals/demo/annotations`;
  const response = await fetch(path, { headers: as(keys[1]) });
  return annotationListSchema.parse(await response.json()).annotations;
}

function put(path: string, body: Uint8Array | string | undefined): Promise<Response> {
  return fetch(`${worker.url}/v1/hospitals/demo/${path}`, {
    ...{ method: 'PUT', body: body as Uint8Array<ArrayBuffer> },
    headers: as(keys[1], { 'if-match': '*' }),
  });
}

describe.skipIf(process.platform !== 'linux')('a Worker that is killed in the middle of a write', () => {
  it(
    'of an annotation leaves it whole or not at all, and the same request again completes it once',
    async () => {
      // The image, the mask, the entry of the journal, the row, the entry removed.
      for (const [number, [at, done]] of STEPS.entries()) {
        expect([at, await killedAt(at, done, () => annotate(number))]).toEqual([at, true]);
        const known = (await listed()).length;
        expect([number, number + 1]).toContain(known);
        const { missing } = await reconcile();
        expect(missing).toBe(0);
        expect([at, (await annotate(number)).status]).toEqual([at, 202]);
        expect(await listed()).toHaveLength(number + 1);
      }
      expect((await listed()).map(({ changed }) => changed)).toEqual(STEPS.map((_, i) => i + 1));
    },
    TEST_MS,
  );

  it(
    'of a release leaves it promotable or unknown, and the same requests again complete it',
    async () => {
      const { files, hash } = release;
      const publish = async () => {
        const part = await put('parts/personas.bin', files.get('personas.bin'));
        return part.ok ? put(`releases/${hash}`, files.get('manifest.json')) : part;
      };
      // The part, the entry of the journal, the manifest, the row.
      for (const at of [1, 2]) {
        expect([at, await killedAt(at, true, publish)]).toEqual([at, true]);
        const promoted = await put('releases/current', JSON.stringify({ release: hash }));
        expect([at, promoted.status]).toEqual([at, 404]);
        expect(await reconcile()).toMatchObject({ missing: 0, broken: 0 });
      }
      expect(await killedAt(3, true, publish)).toBe(true);
      expect((await put('releases/current', JSON.stringify({ release: hash }))).status).toBe(200);
      expect((await publish()).status).toBe(204);
    },
    TEST_MS,
  );
});

const STEPS: readonly [at: number, done: boolean][] = [
  [0, true],
  [2, true],
  [3, false],
  [3, true],
];
