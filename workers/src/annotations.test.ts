import { annotationListSchema, annotationReceiptSchema } from '@d-persona/shared/contract/annotations.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { encodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { CASES, picturePng, startTestApp, type TestApp } from './app.fixtures.ts';

const ANNOTATIONS = '/v1/hospitals/demo/annotations';
const [HEIGHT, WIDTH] = [60, 70];
let api: TestApp;
beforeEach(async () => {
  api = await startTestApp();
});

/** A rectangle of the picture's size. */
function outline(left = 20, height = HEIGHT) {
  const data = Uint8Array.from({ length: height * WIDTH }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    return x >= left && x < left + 15 && y >= 10 && y < 30 ? 1 : 0;
  });
  return { height, width: WIDTH, data };
}

function maskPng(mask = outline()): Uint8Array<ArrayBuffer> {
  return encodePng({ ...mask, channels: 1, data: mask.data.map((bit) => 255 * bit) });
}

function form(annotation: object, parts: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): FormData {
  const body = new FormData();
  body.set('annotation', JSON.stringify(annotation));
  for (const [name, bytes] of Object.entries(parts))
    body.set(name, new Blob([bytes], { type: 'image/png' }), name);
  return body;
}

const as = (key: string, more: Record<string, string> = {}) => ({ authorization: `Bearer ${key}`, ...more });

async function send(body: FormData | string, more: Record<string, string> = {}, key = api.annotateKey) {
  const type: Record<string, string> = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
  return api.send(ANNOTATIONS, { method: 'POST', body, headers: as(key, { ...type, ...more }) });
}

async function list(after = 0) {
  const response = await api.send(`${ANNOTATIONS}?after=${after}`, { headers: as(api.releaseKey) });
  return annotationListSchema.parse(await response.json());
}

const image = picturePng(HEIGHT, WIDTH);

describe('annotations', () => {
  it('are kept as pixels, listed, and come back as they were drawn', async () => {
    const group = { group: 'patient-7' };
    const response = await send(
      form({ persona: 'dr-new', title: 'Dr New', ...group }, { image, mask: maskPng() }),
    );
    expect(response.status).toBe(202);
    const { annotation } = annotationReceiptSchema.parse(await response.json());
    const { annotations, more } = await list();
    expect(annotations).toMatchObject([
      {
        id: annotation,
        changed: 1,
        persona: 'dr-new',
        title: 'Dr New',
        size: [HEIGHT, WIDTH],
        withdrawn: false,
      },
    ]);
    expect(more).toBe(false);
    expect(JSON.stringify(annotations)).not.toContain('patient-7');
    const get = async (what: string) => {
      const answer = await api.send(`${ANNOTATIONS}/${annotation}/${what}`, { headers: as(api.releaseKey) });
      return decodeImage(new Uint8Array(await answer.arrayBuffer()), { name: what, maxPixels: 1e6 });
    };
    expect((await get('mask')).data).toEqual(outline().data.map((bit) => 255 * bit));
    expect((await get('image')).data).toEqual(decodeImage(image, { name: 'sent', maxPixels: 1e6 }).data);
  });

  it('may be run lengths, beside an image or for a case that was sent before', async () => {
    const mask = encodeRunLengths(outline());
    expect((await send(form({ persona: 'rank-1', mask }, { image }))).status).toBe(202);
    const sent = await api.post(CASES, image, 'image/png');
    const { case: id } = (await sent.json()) as { case: string };
    const ofCase = await send(JSON.stringify({ persona: 'rank-1', case: id, mask }));
    // The same image, reader and outline are the same annotation.
    const { annotations } = await list();
    expect(ofCase.status).toBe(202);
    expect(annotations).toHaveLength(1);
    expect((await ofCase.json()) as object).toMatchObject({ annotation: annotations[0]?.id });
    const unknown = JSON.stringify({ persona: 'rank-1', case: `${'0'.repeat(64)}-0`, mask });
    expect((await send(unknown)).status).toBe(404);
  });

  it('are kept once under an idempotency key, and a key is not used for two', async () => {
    const key = { 'idempotency-key': 'a-1' };
    const first = await send(form({ persona: 'rank-1' }, { image, mask: maskPng() }), key);
    const again = await send(form({ persona: 'rank-1' }, { image, mask: maskPng() }), key);
    expect(await again.json()).toEqual(await first.json());
    const other = await send(form({ persona: 'rank-1' }, { image, mask: maskPng(outline(30)) }), key);
    expect(other.status).toBe(409);
    expect((await list()).annotations).toHaveLength(1);
  });

  it('that were withdrawn are told of again, once, and their pixels are not given out', async () => {
    const ids: string[] = [];
    for (const left of [10, 20, 30]) {
      const response = await send(form({ persona: 'rank-1' }, { image, mask: maskPng(outline(left)) }));
      ids.push(annotationReceiptSchema.parse(await response.json()).annotation);
    }
    const remove = () =>
      api.send(`${ANNOTATIONS}/${ids[0]}`, { method: 'DELETE', headers: as(api.annotateKey) });
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(204);
    expect((await list()).annotations.map(({ id, changed, withdrawn }) => [id, changed, withdrawn])).toEqual([
      [ids[1], 2, false],
      [ids[2], 3, false],
      [ids[0], 4, true],
    ]);
    expect((await list(3)).annotations).toMatchObject([{ id: ids[0], withdrawn: true }]);
    const mask = await api.send(`${ANNOTATIONS}/${ids[0]}/mask`, { headers: as(api.releaseKey) });
    expect(mask.status).toBe(404);
    const limited = await api.send(`${ANNOTATIONS}?limit=2`, { headers: as(api.releaseKey) });
    expect(annotationListSchema.parse(await limited.json())).toMatchObject({
      more: true,
      annotations: [{}, {}],
    });
  });

  it('at once, sent twice and withdrawn, are each there once, and numbered without a gap', async () => {
    const lefts = Array.from({ length: 12 }, (_, i) => 2 * i);
    const answers = await Promise.all(
      [...lefts, ...lefts].map((left) =>
        send(form({ persona: 'rank-1' }, { image, mask: maskPng(outline(left)) })),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(24).fill(202));
    const before = (await list()).annotations;
    expect(before.map(({ changed }) => changed)).toEqual(lefts.map((_, i) => i + 1));
    await Promise.all([
      ...before
        .slice(0, 6)
        .map(({ id }) =>
          api.send(`${ANNOTATIONS}/${id}`, { method: 'DELETE', headers: as(api.annotateKey) }),
        ),
      ...[30, 40].map((left) => send(form({ persona: 'rank-2' }, { image, mask: maskPng(outline(left)) }))),
    ]);
    const after = (await list()).annotations;
    expect(after.map(({ changed }) => changed)).toEqual(Array.from({ length: 14 }, (_, i) => i + 7));
    expect(after.filter(({ withdrawn }) => withdrawn)).toHaveLength(6);
  });

  it.each([
    ['no annotation part', () => new FormData(), 400],
    ['no mask at all', () => form({ persona: 'rank-1' }, { image }), 400],
    [
      'two masks',
      () => form({ persona: 'rank-1', mask: encodeRunLengths(outline()) }, { image, mask: maskPng() }),
      400,
    ],
    ['no persona', () => form({}, { image, mask: maskPng() }), 400],
    ['an unknown part', () => form({ persona: 'rank-1' }, { image, mask: maskPng(), more: image }), 400],
    [
      'a mask of many greys',
      () => form({ persona: 'rank-1' }, { image, mask: picturePng(HEIGHT, WIDTH) }),
      400,
    ],
    [
      'a mask of another size',
      () => form({ persona: 'rank-1' }, { image, mask: maskPng(outline(20, 50)) }),
      422,
    ],
    [
      'run lengths of another size',
      () => form({ persona: 'a', mask: { size: [9, 9], counts: [81] } }, { image }),
      422,
    ],
    [
      'wrong run lengths',
      () => form({ persona: 'a', mask: { size: [HEIGHT, WIDTH], counts: [81] } }, { image }),
      400,
    ],
    ['no image', () => form({ persona: 'rank-1' }, { image: new Uint8Array(9), mask: maskPng() }), 400],
  ])('are refused with %s', async (_, body, status) => {
    const response = await send(body());
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect((await list()).annotations).toEqual([]);
  });

  it('need the scope to annotate, are listed only for releases, and stay in their hospital', async () => {
    const body = () => form({ persona: 'rank-1' }, { image, mask: maskPng() });
    expect((await send(body(), {}, api.key)).status).toBe(403);
    expect((await send(body(), {}, api.northKey)).status).toBe(404);
    expect((await send(body())).status).toBe(202);
    expect((await api.send(ANNOTATIONS, { headers: as(api.annotateKey) })).status).toBe(403);
    expect((await api.send(ANNOTATIONS, { headers: as(api.northKey) })).status).toBe(404);
    expect((await send(body(), { 'idempotency-key': 'a b' })).status).toBe(400);
  });
});
