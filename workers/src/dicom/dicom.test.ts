import { caseSchema } from '@d-persona/shared/contract/cases.ts';
import { problemSchema } from '@d-persona/shared/contract/problem.ts';
import { allPersonasSchema, personaSegmentationSchema } from '@d-persona/shared/contract/segmentation.ts';
import { readSegmentation } from '@d-persona/shared/dicom/annotation/read-segmentation.ts';
import { ctElements, type Elements, fileOf } from '@d-persona/shared/dicom/encode.fixtures.ts';
import { readFile } from '@d-persona/shared/dicom/read-file.ts';
import { readSource } from '@d-persona/shared/dicom/read-source.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import { decodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { withInput } from '../../../test/support/release-input.ts';
import { serve, syntheticRelease } from '../../../test/support/synthetic-release.ts';
import { CASES, SEGMENT_ALL, SEGMENT_AS, startTestApp, type TestApp } from '../app.fixtures.ts';

const DICOM = 'application/dicom';
const ROWS = 60;
const COLUMNS = 70;

/** A smooth CT slice, values about 0 HU. */
function slice(changes: Elements = {}, rows = ROWS, columns = COLUMNS): Uint8Array<ArrayBuffer> {
  const pixels = Uint16Array.from({ length: rows * columns }, (_, i) => {
    const [x, y] = [i % columns, Math.floor(i / columns)];
    return Math.round(1024 + 300 * Math.sin(x / 7) + 300 * Math.cos(y / 9));
  });
  return fileOf(ctElements(rows, columns, { PixelData: new Uint8Array(pixels.buffer), ...changes }));
}

async function problemOf(response: Response) {
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

/** The API with releases that expect this. */
async function startWith(input: Partial<Manifest['input']>): Promise<TestApp> {
  const api = await startTestApp();
  await serve(api.store, 'demo', await withInput(await syntheticRelease(), input));
  await api.importHospitals();
  return api;
}

let api: TestApp;
beforeAll(async () => {
  api = await startTestApp();
});

describe('a DICOM image', () => {
  it('is segmented on its own grid, with areas in the patient', async () => {
    const response = await api.post(SEGMENT_ALL, slice(), DICOM);
    const answer = allPersonasSchema.parse(await response.json());
    expect(answer.segmentations).toHaveLength(3);
    for (const { mask, area, area_mm2 } of answer.segmentations) {
      expect(mask.size).toEqual([ROWS, COLUMNS]);
      expect(area_mm2).toBeCloseTo(area * 0.7 * 0.5, 9);
    }
    expect(answer.segmentations.some(({ area }) => area > 0)).toBe(true);
    expect(answer.warnings).toBeUndefined();
  });

  it('gives the same case each time, and the same answer by its case', async () => {
    const made = caseSchema.parse(await (await api.post(CASES, slice(), DICOM)).json());
    const again = caseSchema.parse(await (await api.post(CASES, slice(), DICOM)).json());
    expect(again.case).toBe(made.case);
    const byImage = await (await api.post(SEGMENT_AS, slice(), DICOM)).text();
    const reference = JSON.stringify({ case: made.case });
    expect(await (await api.post(SEGMENT_AS, reference, 'application/json')).text()).toBe(byImage);
  });

  it('of another instance is another case, though it looks the same', async () => {
    const [a, b] = await Promise.all(
      ['2.25.1', '2.25.9'].map(async (SOPInstanceUID) =>
        caseSchema.parse(await (await api.post(CASES, slice({ SOPInstanceUID }), DICOM)).json()),
      ),
    );
    expect(a?.case).not.toBe(b?.case);
  });

  it('is cropped by a region in pixels and millimetres, and the case tells the region', async () => {
    const asked = '?region=30,20,35,21';
    const made = caseSchema.parse(await (await api.post(CASES + asked, slice(), DICOM)).json());
    expect(made.region).toEqual({ x: 30, y: 20, w: 35, h: 21 });
  });

  it('may be one frame of many', async () => {
    const frames = slice({ NumberOfFrames: '2', PixelData: twoFrames() });
    const answers = await Promise.all(
      ['?frame=1', '', '?frame=2'].map(async (query) =>
        (await api.post(SEGMENT_AS + query, frames, DICOM)).text(),
      ),
    );
    expect(answers[1]).toBe(answers[0]);
    expect(answers[2]).not.toBe(answers[0]);
    const problem = await problemOf(await api.post(`${SEGMENT_AS}?frame=3`, frames, DICOM));
    expect(problem).toMatchObject({ status: 422, detail: expect.stringContaining('has 2 frames') });
  });

  it('comes as a part of a form too', async () => {
    const form = new FormData();
    form.set('image', new Blob([slice()], { type: DICOM }), 'slice.dcm');
    form.set('options', JSON.stringify({ region: [30, 20] }));
    const { headers, body } = new Request('http://x', { method: 'POST', body: form });
    const response = await api.post(
      SEGMENT_AS,
      await new Response(body).arrayBuffer(),
      headers.get('content-type') ?? '',
    );
    personaSegmentationSchema.parse(await response.json());
  });

  it('is shown with the outline as a reader sees it', async () => {
    const response = await api.post(`${SEGMENT_AS}?format=overlay`, slice(), DICOM, { accept: 'image/png' });
    const picture = decodeImage(new Uint8Array(await response.arrayBuffer()), {
      name: 'png',
      maxPixels: 1e6,
    });
    expect([picture.height, picture.width, picture.channels]).toEqual([ROWS, COLUMNS, 3]);
  });
});

function twoFrames(): Uint8Array {
  const one = new Uint8Array(2 * ROWS * COLUMNS);
  const two = Uint8Array.from(one, (_, i) => (i % 2 === 0 ? (i * 7) & 255 : 0));
  return Uint8Array.of(...one, ...two);
}

describe('answers in DICOM', () => {
  it('hold the masks that JSON tells, and refer to the image', async () => {
    const json = allPersonasSchema.parse(await (await api.post(SEGMENT_ALL, slice(), DICOM)).json());
    const response = await api.post(SEGMENT_ALL, slice(), DICOM, { accept: DICOM });
    expect(response.headers.get('content-type')).toBe(DICOM);
    expect(response.headers.get('d-persona-release')).toBe(json.release);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const source = readSource(readFile(slice(), { name: 'slice', maxInflatedBytes: 0 }).dataSet, [0], 1);
    const { dataSet } = readFile(bytes, { name: 'answer', maxInflatedBytes: 0 });
    const segments = readSegmentation(dataSet, source, 'answer');
    const masks = segments.map(({ masks: [mask] }) => mask ?? null);
    const told = [...json.segmentations, json.consensus].map(({ mask, area }) => (area === 0 ? null : mask));
    expect(masks).toEqual(told);
    expect(dataSet.string('PatientName')).toBe('Doe^Jane');
    expect(dataSet.string('StudyInstanceUID')).toBe('2.25.2');
  });

  it('are the same bytes for the same request', async () => {
    const ask = async () =>
      new Uint8Array(await (await api.post(SEGMENT_AS, slice(), DICOM, { accept: DICOM })).arrayBuffer());
    expect(await ask()).toEqual(await ask());
  });

  it.each([
    ['application/dicom;profile=seg-fractional', '1.2.840.10008.5.1.4.1.1.66.4', 'FRACTIONAL'],
    ['application/dicom;profile=rtstruct', '1.2.840.10008.5.1.4.1.1.481.3', undefined],
    ['application/dicom;profile=sr', '1.2.840.10008.5.1.4.1.1.88.33', undefined],
  ])('are of the profile that is accepted: %s', async (accept, sopClass, type) => {
    for (const path of [SEGMENT_ALL, SEGMENT_AS]) {
      const response = await api.post(path, slice(), DICOM, { accept });
      const bytes = new Uint8Array(await response.arrayBuffer());
      const { dataSet } = readFile(bytes, { name: 'answer', maxInflatedBytes: 0 });
      expect(dataSet.string('SOPClassUID')).toBe(sopClass);
      expect(dataSet.string('SegmentationType')).toBe(type);
    }
  });

  it('are refused where the image lacks what they need, and where there is no DICOM image', async () => {
    const nowhere = slice({ ImagePositionPatient: undefined });
    const accept = 'application/dicom;profile=rtstruct';
    expect((await problemOf(await api.post(SEGMENT_ALL, nowhere, DICOM, { accept }))).status).toBe(422);
    const made = caseSchema.parse(await (await api.post(CASES, slice(), DICOM)).json());
    const reference = JSON.stringify({ case: made.case });
    const byCase = await api.post(SEGMENT_ALL, reference, 'application/json', { accept: DICOM });
    expect((await problemOf(byCase)).status).toBe(406);
  });
});

describe('a release that says what it expects', () => {
  it('looks at pixels of its spacing', async () => {
    const of1mm = await startWith({ spacing: [1, 1], modality: 'CT', units: 'HU' });
    const made = caseSchema.parse(await (await of1mm.post(CASES, slice(), DICOM)).json());
    expect(made.region).toMatchObject({ w: 48, h: 32 });
  });

  it('sees an image the same, however it is turned, and answers on its grid', async () => {
    const axial = await startWith({ plane: 'axial' });
    const pixels = (turned: boolean) =>
      Uint16Array.from({ length: 64 * 64 }, (_, i) => {
        const [x, y] = turned ? [63 - (i % 64), 63 - (i >> 6)] : [i % 64, i >> 6];
        return Math.round(1024 + 9 * x + 200 * Math.sin(y / 5) + 150 * Math.cos((x * y) / 300));
      });
    const of = (turned: boolean) =>
      slice(
        {
          PixelData: new Uint8Array(pixels(turned).buffer),
          PixelSpacing: '1\\1',
          ImageOrientationPatient: turned ? '-1\\0\\0\\0\\-1\\0' : '1\\0\\0\\0\\1\\0',
        },
        64,
        64,
      );
    // The turned centre (31, 31) is the pixel (32, 32).
    const upright = await axial.post(`${SEGMENT_AS}?region=32,32`, of(false), DICOM);
    const turned = await axial.post(`${SEGMENT_AS}?region=31,31`, of(true), DICOM);
    const masks = await Promise.all(
      [upright, turned].map(async (response) => {
        const { mask } = personaSegmentationSchema.parse(await response.json());
        return [...decodeRunLengths(mask, 'mask').data];
      }),
    );
    expect(masks[0]).toContain(1);
    expect(masks[1]).toEqual(masks[0]?.toReversed());
  });

  const expecting: Partial<Manifest['input']> = {
    modality: 'CT',
    units: 'HU',
    spacing: [1, 1],
    plane: 'axial',
  };

  it.each([
    ['Modality (0008,0060)', slice({ Modality: 'MR' })],
    ['RescaleType (0028,1054)', slice({ RescaleType: 'US' })],
    ['PixelSpacing (0028,0030)', slice({ PixelSpacing: undefined })],
    ['ImageOrientationPatient (0020,0037)', slice({ ImageOrientationPatient: '1\\0\\0\\0\\0\\-1' })],
    ['PhotometricInterpretation (0028,0004)', rgb()],
  ])('refuses another, and names %s', async (attribute, body) => {
    const strict = await startWith(expecting);
    const problem = await problemOf(await strict.post(SEGMENT_ALL, body, DICOM));
    expect(problem.status).toBe(422);
    expect(problem.detail).toContain(`body, ${attribute}: `);
  });
});

function rgb(): Uint8Array<ArrayBuffer> {
  return slice({
    PhotometricInterpretation: 'RGB',
    SamplesPerPixel: 3,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: new Uint8Array(3 * ROWS * COLUMNS),
  });
}

describe('what cannot be read', () => {
  it.each([
    [400, 'not a DICOM object', new Uint8Array(300)],
    [400, 'PixelData (7fe0,0010)', slice().subarray(0, 4000)],
    [400, 'PixelData (7fe0,0010)', slice({ Rows: 2000 })],
    [413, 'Rows (0028,0010)', slice({ Rows: 65535, Columns: 65535 })],
    [415, 'TransferSyntaxUID (0002,0010)', fileOf(ctElements(9, 9), { syntax: '1.2.840.10008.1.2.4.100' })],
    [422, 'PixelData (7fe0,0010)', slice({ PixelData: undefined })],
    [422, 'less than 8 a side', slice({}, 4, 9)],
    [400, 'SOPInstanceUID (0008,0018)', slice({ SOPInstanceUID: undefined })],
  ])('%i: %s', async (status, named, body) => {
    const problem = await problemOf(await api.post(SEGMENT_ALL, new Uint8Array(body), DICOM));
    expect(problem.status).toBe(status);
    expect(problem.detail).toContain(named);
  });
});

describe('privacy', () => {
  it('no error repeats what the image says of the patient', async () => {
    const bodies = [
      slice({ PixelSpacing: 'Doe^Jane' }),
      slice({ NumberOfFrames: 'P-17' }),
      slice({ SOPInstanceUID: 'Doe^Jane' }),
      slice({ PhotometricInterpretation: 'Doe^Jane' }),
      slice({ Modality: 'SEG' }),
      fileOf(ctElements(9, 9), { syntax: 'Doe^Jane' }),
    ];
    for (const body of bodies) {
      const response = await api.post(SEGMENT_ALL, body, DICOM);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(await response.text()).not.toMatch(/Doe|P-17/);
    }
  });

  it('neither a case nor an answer in JSON names the patient or the study', async () => {
    for (const path of [CASES, SEGMENT_AS]) {
      const text = await (await api.post(path, slice(), DICOM)).text();
      expect(text).not.toMatch(/Doe|P-17|2\.25\./);
    }
  });

  it('a picture with burnt-in annotation is flagged, and not kept', async () => {
    const burnt = slice({ BurnedInAnnotation: 'YES', SOPInstanceUID: '2.25.55' });
    const made = caseSchema.parse(await (await api.post(CASES, burnt, DICOM)).json());
    expect(made.warnings).toEqual(['burned-in-annotation']);
    const reference = JSON.stringify({ case: made.case });
    const overlay = await api.post(`${SEGMENT_AS}?format=overlay`, reference, 'application/json', {
      accept: 'image/png',
    });
    expect(overlay.status).toBe(404);
    const sized = await api.post(SEGMENT_AS, burnt, DICOM, { accept: DICOM });
    expect(sized.headers.get('d-persona-warnings')).toBe('burned-in-annotation');
  });

  it('sizes at the detector are no sizes in the patient', async () => {
    const projection = slice({ PixelSpacing: undefined, ImagerPixelSpacing: '0.2\\0.2', Modality: 'CR' });
    const answer = personaSegmentationSchema.parse(
      await (await api.post(SEGMENT_AS, projection, DICOM)).json(),
    );
    expect(answer.warnings).toEqual(['spacing-at-detector']);
    expect(answer.area_mm2).toBeUndefined();
  });
});
