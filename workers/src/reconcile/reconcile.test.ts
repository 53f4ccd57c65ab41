import { annotationListSchema } from '@d-persona/shared/contract/annotations.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withOtherHeads } from '../../../test/support/synthetic-release.ts';
import { picturePng, startTestApp, type TestApp } from '../app.fixtures.ts';
import { FAULTS } from '../store/faults.fixtures.ts';
import { reconcile } from './reconcile.ts';

const DEMO = '/v1/hospitals/demo';
const [HEIGHT, WIDTH] = [60, 70];
const HOURS = 3_600_000;
const image = picturePng(HEIGHT, WIDTH);
let api: TestApp;
beforeEach(async () => {
  // What fails is told to the operator, again and again.
  vi.spyOn(console, 'error').mockReturnValue();
  api = await startTestApp();
});
afterEach(() => vi.restoreAllMocks());

/** An outline that no other number has. */
async function annotate(number: number, headers: Record<string, string> = {}): Promise<Response> {
  const data = new Uint8Array(HEIGHT * WIDTH).fill(255, 0, 1 + number);
  const mask = encodePng({ height: HEIGHT, width: WIDTH, channels: 1, data });
  const body = new FormData();
  body.set('annotation', JSON.stringify({ persona: 'rank-1' }));
  body.set('image', new Blob([image], { type: 'image/png' }), 'image');
  body.set('mask', new Blob([mask], { type: 'image/png' }), 'mask');
  const authorization = `Bearer ${api.annotateKey}`;
  return api.send(`${DEMO}/annotations`, { method: 'POST', body, headers: { authorization, ...headers } });
}

const withdraw = (id: string | undefined) =>
  api.send(`${DEMO}/annotations/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${api.annotateKey}` },
  });

async function listed() {
  const headers = { authorization: `Bearer ${api.releaseKey}` };
  const response = await api.send(`${DEMO}/annotations?limit=1000`, { headers });
  return annotationListSchema.parse(await response.json()).annotations;
}

async function nights(): Promise<void> {
  for (let night = 0; night < 2; night++) {
    api.clock.ms += 13 * HOURS;
    await reconcile(api.services);
  }
}

const stored = (prefix: string) => api.store.list(prefix);

/** Lets each step of a request fail in each way, one after another. @returns how many steps it has */
async function atEachStep(
  request: (number: number) => Promise<Response>,
  check: (number: number, answer: Response | undefined) => Promise<void>,
): Promise<number> {
  let number = 0;
  for (let step = 0; ; step++) {
    for (const fault of FAULTS) {
      api.faults.arm({ step, ...fault });
      const answer = await request(number);
      if (!api.faults.disarm()) return step;
      // Of a Worker that was stopped nobody hears.
      await check(number++, fault.stopped ? undefined : answer);
    }
  }
}

describe('an annotation whose Worker or stores fail at any step', () => {
  it('is there wholly or not at all, is there if that was said, and once if it is sent again', async () => {
    const steps = await atEachStep(
      (number) => annotate(number, { 'idempotency-key': `a-${number}` }),
      async (number, answer) => {
        const before = await listed();
        if (answer?.status === 202) {
          expect(before).toContainEqual(expect.objectContaining(pick(await answer.json())));
        } else if (answer !== undefined) {
          expect([number, answer.status]).toEqual([number, 503]);
          expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        }
        api.clock.ms += 61_000;
        await reconcile(api.services);
        expect(await stored('pending/')).toEqual([]);
        const again = await annotate(number, { 'idempotency-key': `a-${number}` });
        expect([number, again.status]).toEqual([number, 202]);
        expect(await listed()).toHaveLength(number + 1);
      },
    );
    // The key, the row, three objects, whether they are there, the row, the answer, the audit.
    expect(steps).toBeGreaterThanOrEqual(10);
    expect(await reconcile(api.services)).toMatchObject({ missing: 0, orphans: 0 });
    const names = (await listed()).flatMap(({ image: a, mask: b }) => [a, b]);
    expect(await stored('annotations/')).toHaveLength(new Set(names).size);
  });

  it('that is never sent again is finished where it can be, and leaves nothing where it cannot', async () => {
    const finished: number[] = [];
    await atEachStep(annotate, async (number) => {
      const before = (await listed()).length;
      api.clock.ms += 61_000;
      const found = await reconcile(api.services);
      const after = (await listed()).length;
      // Of one that was there already, only the entry was left.
      expect([after, after - found.finished]).toContain(before);
      if (after > before) finished.push(number);
    });
    expect(finished.length).toBeGreaterThan(5);
    await nights();
    expect(await reconcile(api.services)).toEqual({
      ...{ finished: 0, dropped: 0, audited: 0, erased: 0, orphans: 0, missing: 0, broken: 0 },
    });
    const names = (await listed()).flatMap(({ image: a, mask: b }) => [a, b]);
    expect(await stored('annotations/')).toHaveLength(new Set(names).size);
  });

  it('stays withdrawn when what was left of it is found afterwards', async () => {
    const put = api.store.delete.bind(api.store);
    vi.spyOn(api.store, 'delete').mockImplementation(async (key) =>
      key.startsWith('pending/') ? undefined : put(key),
    );
    expect((await annotate(1)).status).toBe(202);
    vi.mocked(api.store.delete).mockRestore();
    expect(await stored('pending/')).toHaveLength(1);
    api.clock.ms += 1000;
    const [{ id } = { id: '' }] = await listed();
    expect((await withdraw(id)).status).toBe(204);
    api.clock.ms += 61_000;
    await reconcile(api.services);
    expect(await stored('pending/')).toEqual([]);
    expect(await listed()).toMatchObject([{ id, withdrawn: true }]);
    // What is handed in again after that is kept again.
    expect((await annotate(1)).status).toBe(202);
    expect(await listed()).toMatchObject([{ id, withdrawn: false, changed: 3 }]);
  });
});

describe('pixels that nothing needs', () => {
  it('are erased the second time, but not if they are handed in again before', async () => {
    for (const number of [1, 2]) await annotate(number);
    const all = await listed();
    for (const { id } of all) await withdraw(id);
    await reconcile(api.services);
    expect(await stored('annotations/')).toHaveLength(3);
    await annotate(2);
    api.clock.ms += 13 * HOURS;
    expect(await reconcile(api.services)).toMatchObject({ erased: 1 });
    expect(await stored('annotations/')).toEqual([
      `annotations/demo/images/${all[1]?.image}.png`,
      `annotations/demo/masks/${all[1]?.mask}.png`,
    ]);
    // Erased just before it is handed in once more.
    expect((await annotate(1)).status).toBe(503);
    api.clock.ms += 61_000;
    expect((await annotate(1)).status).toBe(202);
    expect(await reconcile(api.services)).toMatchObject({ missing: 0 });
  });

  it('and those that are missing are told of', async () => {
    await annotate(1);
    const [key = ''] = await stored('annotations/demo/masks/');
    api.store.files.delete(key);
    expect(await reconcile(api.services)).toMatchObject({ missing: 1 });
  });
});

describe('a release whose Worker or stores fail at any step', async () => {
  const release = await withOtherHeads(5);
  const asRelease = () => ({ authorization: `Bearer ${api.releaseKey}` });

  /** Its heads, then its manifest; the core is there. */
  async function publish({ hash, files }: EncodedRelease): Promise<Response> {
    const put = (path: string, body: Uint8Array) =>
      api.send(`${DEMO}/${path}`, {
        method: 'PUT',
        body: body as Uint8Array<ArrayBuffer>,
        headers: asRelease(),
      });
    const heads = await put('parts/personas.bin', files.get('personas.bin') as Uint8Array);
    return heads.ok ? put(`releases/${hash}`, files.get('manifest.json') as Uint8Array) : heads;
  }

  const promote = () =>
    api.send(`${DEMO}/releases/current`, {
      method: 'PUT',
      body: JSON.stringify({ release: release.hash }),
      headers: { ...asRelease(), 'if-match': '*' },
    });

  const write = (sql: string, ...values: string[]) =>
    api.database.batch([api.database.prepare(sql).bind(...values)]);

  it('can be promoted or is unknown, but is never half there', async () => {
    const others = [...api.store.files.keys()];
    let promoted = 0;
    const steps = await atEachStep(
      () => publish(release),
      async (number, answer) => {
        if (answer?.ok) expect([number, (await promote()).status]).toEqual([number, 200]);
        api.clock.ms += 61_000;
        const found = await reconcile(api.services);
        expect(found.missing).toBe(0);
        const { status } = await promote();
        expect([number, status]).toEqual([number, status === 200 ? 200 : 404]);
        if (status === 200) promoted++;
        await nights();
        const left = (await stored('')).filter((key) => !others.includes(key));
        expect([number, left.length]).toEqual([number, status === 200 ? 2 : 0]);
        // As if it had never been.
        await write("UPDATE hospitals SET release = ? WHERE id = 'demo'", api.release);
        await write('DELETE FROM releases WHERE release = ?', release.hash);
        await write('DELETE FROM release_parts WHERE release = ?', release.hash);
        for (const key of left) api.store.files.delete(key);
        await write('DELETE FROM orphans');
      },
    );
    expect(steps).toBeGreaterThanOrEqual(14);
    expect(promoted).toBeGreaterThan(steps);
  });

  it('and parts that releases share stay as long as one needs them', async () => {
    expect((await publish(release)).status).toBe(204);
    await nights();
    expect(await reconcile(api.services)).toMatchObject({ orphans: 0, missing: 0, broken: 0 });
    await write('DELETE FROM releases WHERE release = ?', release.hash);
    await write('DELETE FROM release_parts WHERE release = ?', release.hash);
    await nights();
    expect((await stored('parts/')).map((key) => key.split('/').at(-1)).sort()).toEqual([
      'core.bin',
      'personas.bin',
    ]);
  });
});

function pick(receipt: unknown): { id: string } {
  return { id: (receipt as { annotation: string }).annotation };
}
