import { annotationListSchema, annotationReceiptSchema } from '@d-persona/shared/contract/annotations.ts';
import { problemSchema } from '@d-persona/shared/contract/problem.ts';
import { ctElements, type Elements, fileOf } from '@d-persona/shared/dicom/encode.fixtures.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { encodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import { describe, expect, it } from 'vitest';
import { withInput } from '../../../test/support/release-input.ts';
import { serve, syntheticRelease } from '../../../test/support/synthetic-release.ts';
import { SEGMENT_AS, startTestApp, type TestApp } from '../app.fixtures.ts';

const ANNOTATIONS = '/v1/hospitals/demo/annotations';
const DICOM = 'application/dicom';
const [ROWS, COLUMNS] = [40, 50];
const SECRET = { PSEUDONYM_SECRET: 's'.repeat(32) };

/** A CT slice whose value is ten times the row, HU. */
function slice(changes: Elements = {}): Uint8Array<ArrayBuffer> {
  const values = Uint16Array.from({ length: ROWS * COLUMNS }, (_, i) => 1024 + 10 * Math.floor(i / COLUMNS));
  return fileOf(ctElements(ROWS, COLUMNS, { PixelData: new Uint8Array(values.buffer), ...changes }));
}

const outline = {
  height: ROWS,
  width: COLUMNS,
  data: Uint8Array.from({ length: ROWS * COLUMNS }, (_, i) =>
    i % COLUMNS >= 10 && i % COLUMNS < 20 && i >= 4 * COLUMNS && i < 24 * COLUMNS ? 1 : 0,
  ),
};
const maskPng = encodePng({ ...outline, channels: 1, data: outline.data.map((bit) => 255 * bit) });

async function start(input: Partial<Manifest['input']> = {}, settings = {}): Promise<TestApp> {
  const api = await startTestApp(settings);
  await serve(api.store, 'demo', await withInput(await syntheticRelease(), input));
  await api.importHospitals();
  return api;
}

interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

function annotate(api: TestApp, image: Part, mask: Part | object, persona = 'rank-2'): Promise<Response> {
  const body = new FormData();
  const isPart = 'bytes' in mask;
  body.set('annotation', JSON.stringify({ persona, ...(isPart ? {} : { mask }) }));
  body.set('image', new Blob([image.bytes], { type: image.type }), 'image');
  if (isPart) body.set('mask', new Blob([(mask as Part).bytes], { type: (mask as Part).type }), 'mask');
  const headers = { authorization: `Bearer ${api.annotateKey}` };
  return api.send(ANNOTATIONS, { method: 'POST', body, headers });
}

/** What was kept of the one annotation. */
async function kept(api: TestApp, response: Response) {
  const { annotation } = annotationReceiptSchema.parse(await response.json());
  const headers = { authorization: `Bearer ${api.releaseKey}` };
  const [image, mask] = await Promise.all(
    ['image', 'mask'].map(async (part) => {
      const png = await api.send(`${ANNOTATIONS}/${annotation}/${part}`, { headers });
      return decodeImage(new Uint8Array(await png.arrayBuffer()), { name: part, maxPixels: 1e6 });
    }),
  );
  const list = annotationListSchema.parse(await (await api.send(ANNOTATIONS, { headers })).json());
  const record = list.annotations.find(({ id }) => id === annotation);
  return { image, mask, record };
}

const image = { bytes: slice({ PixelSpacing: '1\\1' }), type: DICOM };
const png = { bytes: maskPng, type: 'image/png' };

describe('an annotation of a DICOM image', () => {
  it('is kept as values and outline, on the pixels of the image', async () => {
    const api = await start();
    const { image: pixels, mask } = await kept(api, await annotate(api, image, png));
    expect([pixels?.height, pixels?.width, pixels?.bitDepth]).toEqual([ROWS, COLUMNS, 16]);
    // from the first row, 0 HU, to the last
    expect(pixels?.data[0]).toBe(0);
    expect(pixels?.data[20 * COLUMNS]).toBe(Math.round((20 / 39) * 65535));
    expect([...(mask?.data ?? [])]).toEqual([...outline.data.map((bit) => 255 * bit)]);
  });

  it('is kept as the release sees it: its spacing, its plane', async () => {
    const api = await start({ spacing: [2, 1], plane: 'axial' });
    const flipped = {
      ...image,
      bytes: slice({ PixelSpacing: '1\\1', ImageOrientationPatient: '1\\0\\0\\0\\-1\\0' }),
    };
    const { image: pixels, mask } = await kept(api, await annotate(api, flipped, encodedMask()));
    expect([pixels?.height, pixels?.width]).toEqual([ROWS / 2, COLUMNS]);
    expect(pixels?.data[0]).toBeGreaterThan(60000); // the last row comes first
    const rows = Array.from({ length: ROWS / 2 }, (_, y) => mask?.data[y * COLUMNS + 15]);
    // rows 4 to 23 of 40, halved: 2 to 11 of 20, turned: 8 to 17
    expect(rows.map((value) => (value === 255 ? 1 : 0)).join('')).toBe('00000000111111111100');
  });

  it('may be a segmentation that a reader corrected', async () => {
    const api = await start();
    const segmented = await api.post(SEGMENT_AS, image.bytes, DICOM, { accept: DICOM });
    const object = { bytes: new Uint8Array(await segmented.arrayBuffer()), type: DICOM };
    const { mask } = await kept(api, await annotate(api, image, object));
    const told = await api.post(SEGMENT_AS, image.bytes, DICOM, { accept: 'image/png' });
    const drawn = decodeImage(new Uint8Array(await told.arrayBuffer()), { name: 'mask', maxPixels: 1e6 });
    expect(drawn.data).toContain(255);
    expect([...(mask?.data ?? [])]).toEqual([...drawn.data]);
  });

  it('may be a structure set', async () => {
    const api = await start();
    const accept = 'application/dicom;profile=rtstruct';
    const segmented = await api.post(SEGMENT_AS, image.bytes, DICOM, { accept });
    const object = { bytes: new Uint8Array(await segmented.arrayBuffer()), type: DICOM };
    expect((await annotate(api, image, object)).status).toBe(202);
  });

  it('is grouped by patient without naming one', async () => {
    const groups = async (settings: object, hospitalImage: Part) => {
      const api = await start({}, settings);
      return (await kept(api, await annotate(api, hospitalImage, png))).record?.group;
    };
    const other = { ...image, bytes: slice({ PixelSpacing: '1\\1', SOPInstanceUID: '2.25.9', Rows: 40 }) };
    const stranger = { ...image, bytes: slice({ PixelSpacing: '1\\1', PatientID: 'P-18' }) };
    const [same, again, another, otherSecret, none] = await Promise.all([
      groups(SECRET, image),
      groups(SECRET, other),
      groups(SECRET, stranger),
      groups({ PSEUDONYM_SECRET: 't'.repeat(32) }, image),
      groups({}, image),
    ]);
    expect(again).toBe(same);
    expect(new Set([same, another, otherSecret, none]).size).toBe(4);
  });

  it('leaves nothing in the store that names the patient or the image', async () => {
    const api = await start({}, SECRET);
    expect((await annotate(api, image, png)).status).toBe(202);
    for (const key of await api.store.list('annotations/')) {
      const bytes = await api.store.get(key);
      const text = new TextDecoder('latin1').decode(bytes ?? new Uint8Array(0));
      expect(key + text).not.toMatch(/Doe|P-17|2\.25\./);
    }
  });

  it.each<[number, string, Part, Part | object]>([
    [422, 'BurnedInAnnotation (0028,0301)', { ...image, bytes: slice({ BurnedInAnnotation: 'YES' }) }, png],
    [422, 'mask: is', image, { ...encodedMask(), size: [9, 9] }],
    [422, 'part "mask"', image, { bytes: otherSegmentation(), type: DICOM }],
    [400, 'part "mask": is not a DICOM object', image, { bytes: new Uint8Array(300), type: DICOM }],
    [400, 'part "image": is not a DICOM object', { bytes: new Uint8Array(300), type: DICOM }, png],
  ])('%i: %s', async (status, named, sent, mask) => {
    const api = await start();
    const problem = problemSchema.parse(await (await annotate(api, sent, mask)).json());
    expect(problem.status).toBe(status);
    expect(problem.detail).toContain(named);
  });
});

function encodedMask() {
  return encodeRunLengths(outline);
}

/** A segmentation of another image. */
function otherSegmentation(): Uint8Array<ArrayBuffer> {
  return fileOf({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
    Modality: 'SEG',
    FrameOfReferenceUID: '2.25.999',
    SegmentationType: 'BINARY',
    SegmentSequence: { items: [{ SegmentNumber: 1, SegmentLabel: 'Lesion' }] },
    NumberOfFrames: '1',
    Rows: ROWS,
    Columns: COLUMNS,
    BitsAllocated: 1,
    SamplesPerPixel: 1,
    PerFrameFunctionalGroupsSequence: {
      items: [{ SegmentIdentificationSequence: { items: [{ ReferencedSegmentNumber: 1 }] } }],
    },
    PixelData: new Uint8Array(250).fill(255),
  });
}
