import { caseSchema } from '@d-persona/shared/contract/cases.ts';
import { healthSchema } from '@d-persona/shared/contract/health.ts';
import { personasSchema } from '@d-persona/shared/contract/personas.ts';
import { allPersonasSchema, personaSegmentationSchema } from '@d-persona/shared/contract/segmentation.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import { maskArea } from '@d-persona/shared/mask/mask.ts';
import { decodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import * as tf from '@tensorflow/tfjs-core';
import { encode } from 'fast-png';
import jpeg from 'jpeg-js';
import { beforeAll, describe, expect, it } from 'vitest';
import { INPUT_SIZE } from '../../test/support/synthetic-release.ts';
import { CASES, picturePng, SEGMENT_ALL, SEGMENT_AS, startTestApp, type TestApp } from './app.fixtures.ts';

const PNG = 'image/png';
const IDS = ['rank-1', 'rank-2', 'rank-3'];
let api: TestApp;
beforeAll(async () => {
  api = await startTestApp();
});

async function createCase(image = picturePng(), query = '') {
  const response = await api.post(CASES + query, image, PNG);
  expect(response.status).toBe(201);
  return caseSchema.parse(await response.json());
}

function postCase(path: string, id: string, headers?: HeadersInit) {
  return api.post(path, JSON.stringify({ case: id }), 'application/json', headers);
}

async function segmentAll(query = '', image = picturePng()) {
  const response = await api.post(SEGMENT_ALL + query, image, PNG);
  expect(response.status).toBe(200);
  return allPersonasSchema.parse(await response.json());
}

async function readPng(response: Response) {
  expect(response.headers.get('content-type')).toBe(PNG);
  return decodeImage(new Uint8Array(await response.arrayBuffer()), { name: 'answer', maxPixels: 1e6 });
}

describe('health', () => {
  it('announces the limits, without a key', async () => {
    const health = healthSchema.parse(
      await (await api.send('/v1/health', { headers: { authorization: 'x' } })).json(),
    );
    expect(health).toMatchObject({ status: 'ok', limits: { body_bytes: 32 * 2 ** 20, samples: 100 } });
  });
});

describe('personas', () => {
  it('are those of the release', async () => {
    const answer = personasSchema.parse(await (await api.send('/v1/hospitals/demo/personas')).json());
    expect(answer.release).toBe(api.release);
    expect(answer.personas.map(({ id }) => id)).toEqual(IDS);
    expect(answer.personas[0]).toMatchObject({ kind: 'rank', metrics: { dice: 0.5 } });
  });
});

describe('a case', () => {
  it('is the same for the same image, and another for another region or hospital', async () => {
    const first = await createCase();
    expect(first).toMatchObject({
      release: api.release,
      size: [60, 70],
      region: { x: 35, y: 30, w: INPUT_SIZE[1], h: INPUT_SIZE[0] },
      expires: '2026-01-02T00:10:00.000Z',
    });
    expect(await createCase()).toEqual(first);
    expect((await createCase(picturePng(60, 70, 1))).case).not.toBe(first.case);
    expect((await createCase(picturePng(), '?region=30,30')).case).not.toBe(first.case);
    const north = await api.post('/v1/hospitals/north/cases', picturePng(), PNG, {
      authorization: `Bearer ${api.northKey}`,
    });
    expect(caseSchema.parse(await north.json()).case).not.toBe(first.case);
  });

  it('answers as the image itself, byte for byte', async () => {
    const image = picturePng(60, 70, 2);
    for (const query of ['', '?seed=7', '?threshold=0.3']) {
      const byImage = await (await api.post(SEGMENT_AS + query, image, PNG)).text();
      const { case: id } = await createCase(image);
      expect(await (await postCase(SEGMENT_AS + query, id)).text()).toBe(byImage);
    }
    const byImage = await (await api.post(`${SEGMENT_ALL}?samples=3&seed=4`, image, PNG)).text();
    const { case: id } = await createCase(image, '?seed=4');
    expect(await (await postCase(`${SEGMENT_ALL}?samples=3`, id)).text()).toBe(byImage);
  });

  it('of a region gives the same region again when its own is asked for', async () => {
    for (const region of ['10,12', '35,30,31,21', '0,59,48,32']) {
      const asked = await createCase(picturePng(), `?region=${region}`);
      const { x, y, w, h } = asked.region;
      expect((await createCase(picturePng(), `?region=${[x, y, w, h]}`)).case).toBe(asked.case);
    }
  });

  it('expires, and is not known then', async () => {
    const { case: id } = await createCase(picturePng(60, 70, 3));
    api.clock.ms += 599_000;
    expect((await postCase(SEGMENT_AS, id)).status).toBe(200);
    api.clock.ms += 1_000;
    const gone = await postCase(SEGMENT_AS, id);
    expect(gone.status).toBe(404);
    expect(await gone.json()).toMatchObject({
      type: '/problems/unknown-case',
      detail: expect.stringContaining('Send the image again'),
    });
  });
});

describe('the persona endpoint', () => {
  it('describes the mask consistently', async () => {
    const answer = personaSegmentationSchema.parse(
      await (await api.post(SEGMENT_AS, picturePng(), PNG)).json(),
    );
    expect(answer).toMatchObject({
      release: api.release,
      persona: 'rank-2',
      seed: 0,
      software: 'd-persona/0.1.0',
    });
    const mask = decodeRunLengths(answer.mask, 'mask');
    expect([mask.height, mask.width]).toEqual([60, 70]);
    expect(answer.area).toBe(maskArea(mask));
    expect(answer.area).toBeGreaterThan(0);
    const [left, top, width, height] = answer.bbox;
    // The region is the middle of the picture: rows 14 to 45, columns 11 to 58.
    expect(left).toBeGreaterThanOrEqual(11);
    expect(top).toBeGreaterThanOrEqual(14);
    expect(left + width).toBeLessThanOrEqual(59);
    expect(top + height).toBeLessThanOrEqual(46);
    expect(answer.probability.mean).toBeGreaterThanOrEqual(0.5);
    expect(answer.probability.max).toBeGreaterThanOrEqual(answer.probability.mean);
  });

  it('draws less where the threshold is higher', async () => {
    const areaAt = async (threshold: number) => {
      const response = await api.post(`${SEGMENT_AS}?threshold=${threshold}`, picturePng(), PNG);
      return personaSegmentationSchema.parse(await response.json()).area;
    };
    const areas = [await areaAt(0.2), await areaAt(0.5), await areaAt(0.8)];
    expect(areas).toEqual(areas.toSorted((a, b) => b - a));
    expect(areas[0]).toBeGreaterThan(areas[2] as number);
  });

  it('gives the mask, its outline or the probability as a PNG of the size of the image', async () => {
    const image = picturePng();
    const json = personaSegmentationSchema.parse(await (await api.post(SEGMENT_AS, image, PNG)).json());
    const accept = { accept: PNG };
    const response = await api.post(SEGMENT_AS, image, PNG, accept);
    expect(response.headers.get('d-persona-release')).toBe(api.release);
    expect(response.headers.get('d-persona-case')).toBe(json.case);
    const mask = await readPng(response);
    expect(mask).toMatchObject({ height: 60, width: 70, channels: 1 });
    const drawn = decodeRunLengths(json.mask, 'mask').data.map((value) => 255 * value);
    expect(mask.data).toEqual(drawn);

    const probability = await readPng(await api.post(`${SEGMENT_AS}?format=probability`, image, PNG, accept));
    expect([...probability.data].every((p, i) => p >= 127.5 === (drawn[i] === 255))).toBe(true);
    expect(Math.max(...probability.data)).toBe(Math.round(255 * json.probability.max));

    const overlay = await readPng(await api.post(`${SEGMENT_AS}?format=overlay`, image, PNG)); // accept: any
    expect(overlay).toMatchObject({ height: 60, width: 70, channels: 3 });
    const byCase = await readPng(await postCase(`${SEGMENT_AS}?format=overlay`, json.case));
    expect(byCase.data).toEqual(overlay.data);
  });

  it('reads a multipart body with its options', async () => {
    const form = new FormData();
    form.set('image', new Blob([picturePng()], { type: PNG }), 'slice.png');
    form.set('options', JSON.stringify({ seed: 9, threshold: 0.4, region: [30, 31] }));
    const response = await api.send(SEGMENT_AS, { method: 'POST', body: form });
    const plain = await api.post(`${SEGMENT_AS}?seed=9&threshold=0.4&region=30,31`, picturePng(), PNG);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(await plain.text());
  });
});

describe('images', () => {
  async function contourOf(image: Uint8Array, type: string) {
    const response = await api.post(SEGMENT_AS, new Uint8Array(image), type);
    return personaSegmentationSchema.parse(await response.json());
  }

  it('of 16 bits are read as of 8: only the scale differs', async () => {
    const grey = decodeImage(picturePng(), { name: 'picture', maxPixels: 1e6 });
    const data = Uint16Array.from(grey.data, (value) => 257 * value);
    const wide = encode({ height: 60, width: 70, channels: 1, depth: 16, data });
    const [narrow, other] = [await contourOf(picturePng(), PNG), await contourOf(wide, PNG)];
    expect(other.case).not.toBe(narrow.case);
    expect(Math.abs(other.area - narrow.area)).toBeLessThanOrEqual(1);
  });

  it('may be JPEG, whose colours become grey', async () => {
    const { data } = decodeImage(picturePng(), { name: 'picture', maxPixels: 1e6 });
    const rgba = Uint8Array.from({ length: 4 * data.length }, (_, i) =>
      i % 4 === 3 ? 255 : (data[i >> 2] as number),
    );
    const jpg = jpeg.encode({ data: rgba, width: 70, height: 60 }, 95).data;
    const [png, other] = [await contourOf(picturePng(), PNG), await contourOf(jpg, 'image/jpeg')];
    expect(other.mask.size).toEqual([60, 70]);
    expect(Math.abs(other.area - png.area)).toBeLessThan(0.1 * png.area);
  });
});

describe('the all-personas endpoint', () => {
  it('answers every persona as the persona endpoint does', async () => {
    const { segmentations } = await segmentAll('?seed=5');
    for (const segmentation of segmentations) {
      const persona = 'persona' in segmentation ? segmentation.persona : '';
      const path = `/v1/hospitals/demo/personas/${persona}/segmentations?seed=5`;
      expect(await (await api.post(path, picturePng(), PNG)).json()).toMatchObject(segmentation);
    }
    expect(segmentations.map((s) => 'persona' in s && s.persona)).toEqual(IDS);
  });

  it('draws samples that follow from the seed alone, the first ones whatever their number', async () => {
    const few = await segmentAll('?samples=4&seed=11');
    const again = await segmentAll('?samples=4&seed=11');
    const more = await segmentAll('?samples=6&seed=11');
    const other = await segmentAll('?samples=4&seed=12');
    expect(again).toEqual(few);
    expect(more.segmentations.slice(0, 7)).toEqual(few.segmentations);
    expect(few.segmentations.slice(3).map((s) => 'sample' in s && s.sample)).toEqual([0, 1, 2, 3]);
    expect(other.segmentations.slice(3)).not.toEqual(few.segmentations.slice(3));
    expect(new Set(few.segmentations.slice(3).map(({ area }) => area)).size).toBeGreaterThan(1);
  });

  it('maps the standard deviation of the personas, or of the samples if there are any', async () => {
    const image = picturePng();
    const maps = await Promise.all(
      IDS.map(async (persona) => {
        const path = `/v1/hospitals/demo/personas/${persona}/segmentations?format=probability`;
        return (await readPng(await api.post(path, image, PNG))).data;
      }),
    );
    const { disagreement, consensus } = await segmentAll('', image);
    const png = Uint8Array.from(atob(disagreement.png), (char) => char.charCodeAt(0));
    const map = decodeImage(png, { name: 'disagreement', maxPixels: 1e6 });
    expect(disagreement.size).toEqual([60, 70]);
    const mask = decodeRunLengths(consensus.mask, 'consensus');
    for (const [i, told] of map.data.entries()) {
      const values = maps.map((values) => (values[i] as number) / 255);
      const mean = values.reduce((a, b) => a + b) / 3;
      const deviation = Math.sqrt(values.reduce((sum, p) => sum + (p - mean) ** 2, 0) / 3);
      expect(Math.abs(told - 510 * deviation)).toBeLessThan(2); // maps were rounded to 1/255
      if (Math.abs(mean - 0.5) > 0.005) expect(mask.data[i]).toBe(mean > 0.5 ? 1 : 0);
    }
    expect(Math.round(510 * disagreement.max)).toBe(Math.max(...map.data));
    expect((await segmentAll('?samples=5', image)).disagreement).not.toEqual(disagreement);
  });
});

describe('the engine', () => {
  it('answers concurrent requests as it answers them one by one', async () => {
    const ask = (number: number) => api.post(`${SEGMENT_ALL}?samples=2`, picturePng(60, 70, number % 7), PNG);
    const texts = async (answers: Response[]) => Promise.all(answers.map((answer) => answer.text()));
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    const sequential: Response[] = [];
    for (const number of numbers) sequential.push(await ask(number));
    const fresh = await startTestApp();
    const concurrent = await Promise.all(
      numbers.map((number) => fresh.post(`${SEGMENT_ALL}?samples=2`, picturePng(60, 70, number % 7), PNG)),
    );
    expect(concurrent.map(({ status }) => status)).toEqual(numbers.map(() => 200));
    expect(await texts(concurrent)).toEqual(await texts(sequential));
  });

  it('gives the same masks by either engine', async () => {
    const other = await startTestApp({ ENGINE: 'tfjs' });
    let differing = 0;
    let pixels = 0;
    for (let number = 0; number < 4; number++) {
      const image = picturePng(60, 70, number);
      const theirs = allPersonasSchema.parse(
        await (await other.post(`${SEGMENT_ALL}?samples=3`, image, PNG)).json(),
      );
      const ours = await segmentAll('?samples=3', image);
      for (const [i, { mask, probability }] of ours.segmentations.entries()) {
        const their = theirs.segmentations[i];
        if (their === undefined) throw new Error(`There is no segmentation ${i}`);
        expect(Math.abs(probability.max - their.probability.max)).toBeLessThan(1e-4);
        const [a, b] = [decodeRunLengths(mask, 'ours').data, decodeRunLengths(their.mask, 'theirs').data];
        differing += a.filter((value, pixel) => value !== b[pixel]).length;
        pixels += a.length;
      }
    }
    expect(differing / pixels).toBeLessThanOrEqual(0.001);
  });

  it('leaks no tensor where TensorFlow.js computes, whether requests succeed or fail', async () => {
    const api = await startTestApp({ ENGINE: 'tfjs' });
    await api.post(SEGMENT_ALL, picturePng(), PNG);
    const before = tf.memory().numTensors;
    for (let number = 0; number < 10; number++) {
      await api.post(`${SEGMENT_ALL}?samples=2`, picturePng(60, 70, number), PNG);
      await api.post(SEGMENT_AS, picturePng(60, 70, number), PNG, { accept: PNG });
      await api.post(SEGMENT_AS, new Uint8Array(9), PNG);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
