import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personaSegmentationSchema } from '@d-persona/shared/contract/segmentation.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { type RunningWorker, startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { picturePng } from './support/picture.ts';
import { addHospital, SYNTHETIC, serve, syntheticRelease } from './support/synthetic-release.ts';

/** Clients that go away in the middle of their request, in the runtime that then drops it. */
let folder: string;
let worker: RunningWorker;
let key: string;
const START_MS = 120_000;
const PATH = '/v1/hospitals/demo/personas/rank-1/segmentations';
/** So large that a request takes some tens of milliseconds. */
const SIDE = 128;
/** Room for the body of one request, and half of another. */
const MAX_HELD_BYTES = Math.round(1.5 * picturePng(SIDE, SIDE).length);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd-persona-cancelled-'));
  const store = new FolderStore(folder);
  [key = ''] = await addHospital(store, 'demo', [['segment']]);
  await serve(store, 'demo', await syntheticRelease(1, { ...SYNTHETIC, widths: [16, 32, 64] }, [SIDE, SIDE]));
  worker = await startWorker({ store: folder, variables: { MAX_HELD_BYTES }, log: () => undefined });
}, START_MS);

afterAll(async () => {
  await worker?.stop();
  await rm(folder, { recursive: true, force: true });
}, START_MS);

const headers = () => ({ authorization: `Bearer ${key}`, 'content-type': 'image/png' });

function ask(number: number): Promise<Response> {
  const body = picturePng(SIDE, SIDE, number);
  return fetch(worker.url + PATH, { method: 'POST', body, headers: headers() });
}

/** Asks again as long as it is told to come back. */
async function patientAsk(number: number): Promise<Response> {
  for (;;) {
    const answer = await ask(number);
    if (answer.status !== 503) return answer;
    await answer.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Sends so many bytes of the body of a request, on a connection of its own. */
async function upload(number: number, bytes: number): Promise<Socket> {
  const { hostname, port } = new URL(worker.url);
  const body = picturePng(SIDE, SIDE, number);
  const lines = Object.entries({ host: hostname, 'content-length': body.length, ...headers() });
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.write(`POST ${PATH} HTTP/1.1\r\n`);
    for (const [name, value] of lines) socket.write(`${name}: ${value}\r\n`);
    socket.write('\r\n');
    socket.write(body.subarray(0, bytes), () => resolve());
  });
  return socket;
}

/** Sends a whole request, and closes its connection after so many milliseconds. */
async function askAndLeave(number: number, ms: number): Promise<void> {
  const socket = await upload(number, Number.POSITIVE_INFINITY);
  await new Promise((resolve) => setTimeout(resolve, ms));
  socket.destroy();
}

describe('a client that goes away', () => {
  it('while its request loads the release leaves the others not waiting', async () => {
    // Nothing is started or loaded yet: the first to ask does it for all.
    const gone = askAndLeave(0, 3);
    const answers = await Promise.all([1, 2, 3].map(patientAsk));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const answer of answers) personaSegmentationSchema.parse(await answer.json());
    await gone;
  });

  it('at any moment of its request leaves the turn at the engine, and room for others', async () => {
    for (let round = 0; round < 12; round++) {
      await Promise.all([0, 1, 2].map((i) => askAndLeave(100 + 3 * round + i, 1 + 9 * i + round)));
    }
    const answers = await Promise.all([4, 5, 6].map(patientAsk));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

it('an upload that fills the room for bodies has others told to come back, until it is broken off', async () => {
  const uploading = await upload(1, picturePng(SIDE, SIDE, 1).length - 10);
  await expect.poll(async () => (await ask(2)).status, { timeout: 10_000 }).toBe(503);
  const refused = await ask(2);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  uploading.destroy();
  expect((await patientAsk(2)).status).toBe(200);
});
