import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { annotationListSchema } from '@d-persona/shared/contract/annotations.ts';
import { caseSchema } from '@d-persona/shared/contract/cases.ts';
import { releasesSchema } from '@d-persona/shared/contract/releases.ts';
import { personaSegmentationSchema } from '@d-persona/shared/contract/segmentation.ts';
import { publishRelease } from '@d-persona/shared/release/store.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { type RunningWorker, startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkIsolation } from '../scripts/isolation/check-isolation.ts';
import { picturePng } from '../workers/src/app.fixtures.ts';
import { addHospital, serve, syntheticRelease } from './support/synthetic-release.ts';

/** D1, R2 and the Durable Object in the real runtime. */
let worker: RunningWorker;
let folder: string;
let releases: string[];
let keys: string[];
const START_MS = 120_000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd-persona-tenancy-'));
  const store = new FolderStore(join(folder, 'store'));
  keys = await addHospital(store, 'demo', [['segment'], ['release'], ['annotate']]);
  const made = await Promise.all([1, 2].map((seed) => syntheticRelease(seed)));
  releases = made.map(({ hash }) => hash);
  for (const release of made) await serve(store, 'demo', release);
  await addHospital(store, 'north', [['segment']]);
  await publishRelease(store, made[0] as (typeof made)[0]);
  worker = await start();
}, START_MS);

afterAll(async () => {
  await worker?.stop();
  await rm(folder, { recursive: true, force: true });
}, START_MS);

function start(): Promise<RunningWorker> {
  return startWorker({ store: join(folder, 'store'), persist: join(folder, 'state'), log: () => undefined });
}

function send(path: string, key: number, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${keys[key]}`, ...init.headers };
  return fetch(`${worker.url}/v1/hospitals/demo${path}`, { ...init, headers });
}

function promote(release: string | undefined, ifMatch: string): Promise<Response> {
  return send('/releases/current', 1, {
    method: 'PUT',
    body: JSON.stringify({ release }),
    headers: { 'if-match': ifMatch },
  });
}

async function list() {
  return releasesSchema.parse(await (await send('/releases', 1)).json());
}

describe('tenancy in workerd', () => {
  it('knows what the folder says, and promotes only what is listed', async () => {
    const known = await list();
    expect(known).toMatchObject({ current: releases[1], version: 1 });
    expect(known.releases).toHaveLength(1);
    // The other was published, but never for this hospital.
    expect((await promote(releases[0], '"1"')).status).toBe(404);
  });

  it('of ten promotions at once lets one win, and switches under load without a failed or mixed answer', async () => {
    const manifest = await new FolderStore(join(folder, 'store')).get(
      `releases/${releases[0]}/manifest.json`,
    );
    const body = manifest as Uint8Array<ArrayBuffer>;
    expect((await send(`/releases/${releases[0]}`, 1, { method: 'PUT', body })).status).toBe(204);
    const racers = await Promise.all(Array.from({ length: 10 }, () => promote(releases[0], '"1"')));
    const statuses = racers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(9).fill(412)]);

    const answers = new Map<string, Set<string>>();
    let switching = true;
    const switched = (async () => {
      for (let i = 1; i <= 10; i++) expect((await promote(releases[i % 2], '*')).status).toBe(200);
      switching = false;
    })();
    const ask = async (i: number) => {
      while (switching) {
        const response = await send('/personas/rank-2/segmentations', 0, {
          method: 'POST',
          body: picturePng(60, 70, i),
          headers: { 'content-type': 'image/png' },
        });
        expect(response.status).toBe(200);
        const answer = personaSegmentationSchema.parse(await response.json());
        const key = `${answer.release} ${i}`;
        answers.set(key, (answers.get(key) ?? new Set()).add(JSON.stringify(answer)));
      }
    };
    await Promise.all([switched, ...[0, 1, 2, 3].map(ask)]);
    for (const texts of answers.values()) expect(texts.size).toBe(1);
    expect((await list()).version).toBe(12);
  });

  it('keeps annotations that come at once, some of them twice and some withdrawn, each once', async () => {
    const opened = await send('/cases', 0, {
      ...{ method: 'POST', body: picturePng(60, 70), headers: { 'content-type': 'image/png' } },
    });
    const { case: id } = caseSchema.parse(await opened.json());
    const annotate = (i: number) =>
      send('/annotations', 2, {
        method: 'POST',
        body: JSON.stringify({
          ...{ case: id, persona: 'rank-1', mask: { size: [60, 70], counts: [i, 10, 4190 - i] } },
        }),
        headers: { 'content-type': 'application/json', 'idempotency-key': `annotation-${i}` },
      });
    const numbers = Array.from({ length: 10 }, (_, i) => i + 1);
    const answers = await Promise.all([...numbers, ...numbers].map(annotate));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
    const all = async () =>
      annotationListSchema.parse(await (await send('/annotations', 1)).json()).annotations;
    const before = await all();
    expect(before.map(({ changed }) => changed)).toEqual(numbers);
    const withdrawn = before.slice(0, 4);
    await Promise.all([
      ...withdrawn.map(({ id }) => send(`/annotations/${id}`, 2, { method: 'DELETE' })),
      ...[11, 12].map(annotate),
    ]);
    const after = await all();
    expect(after.map(({ changed }) => changed)).toEqual(Array.from({ length: 12 }, (_, i) => i + 5));
    expect(
      after
        .filter((annotation) => annotation.withdrawn)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(withdrawn.map(({ id }) => id).sort());
  });

  it(
    'keeps a promotion over a restart, though the folder says what it said before',
    async () => {
      await promote(releases[0], '*');
      const { version } = await list();
      await worker.stop();
      worker = await start();
      expect(await list()).toMatchObject({ current: releases[0], version });
    },
    START_MS,
  );
});

describe('isolation', () => {
  it(
    'of hospitals holds on every route that the server describes',
    async () => {
      const { operations, checks, leaks } = await checkIsolation();
      expect(leaks).toEqual([]);
      expect(operations).toBeGreaterThan(25);
      expect(checks).toBeGreaterThan(20 * operations);
    },
    START_MS,
  );
});
