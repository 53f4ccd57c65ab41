import { problemSchema } from '@d-persona/shared/contract/problem.ts';
import { allPersonasSchema } from '@d-persona/shared/contract/segmentation.ts';
import { volumeSchema } from '@d-persona/shared/contract/volume.ts';
import { readSegmentation } from '@d-persona/shared/dicom/annotation/read-segmentation.ts';
import { ctElements, type Elements, fileOf, joined } from '@d-persona/shared/dicom/encode.fixtures.ts';
import { readFile } from '@d-persona/shared/dicom/read-file.ts';
import { readObject } from '@d-persona/shared/dicom/read-image.ts';
import { arrangeSeries } from '@d-persona/shared/dicom/series/arrange-series.ts';
import { zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { SEGMENT_ALL, startTestApp, type TestApp } from '../app.fixtures.ts';

const VOLUME = '/v1/hospitals/demo/volumes/segmentations';
const DICOM = 'application/dicom';
const ZIP = 'application/zip';
const LIMITS = { maxPixels: 1e4, maxFrames: 9, maxInflatedBytes: 0, minSide: 1 };

function pixels(seed: number): Uint8Array {
  const values = Uint16Array.from({ length: 40 * 50 }, (_, i) =>
    Math.round(1024 + 300 * Math.sin((i % 50) / 7 + seed) + 300 * Math.cos(i / 450 + seed)),
  );
  return new Uint8Array(values.buffer);
}

function sliceAt(z: number, changes: Elements = {}): Uint8Array<ArrayBuffer> {
  const place = { SOPInstanceUID: `2.25.7${z}`, ImagePositionPatient: `0\\0\\${z}` };
  return fileOf(ctElements(40, 50, { ...place, PixelData: pixels(z), ...changes }));
}

const slices = [20, 0, 10].map((z) => sliceAt(z));
const archive = (files: readonly Uint8Array[]) =>
  zipSync(Object.fromEntries(files.map((file, i) => [`${i}.dcm`, file])));

let api: TestApp;
beforeAll(async () => {
  api = await startTestApp({ MAX_SLICES: 5 });
});

describe('a series', () => {
  it('is drawn slice by slice, in order of position, as its images are by themselves', async () => {
    const response = await api.post(VOLUME, archive(slices), ZIP);
    const volume = volumeSchema.parse(await response.json());
    expect(volume.slices.map(({ instance, position }) => [instance, position])).toEqual([
      [1, 0],
      [2, 10],
      [0, 20],
    ]);
    expect(volume.series_warnings).toBeUndefined();
    for (const { instance, segmentations, consensus } of volume.slices) {
      const single = await api.post(SEGMENT_ALL, slices[instance] as Uint8Array<ArrayBuffer>, DICOM);
      const alone = allPersonasSchema.parse(await single.json());
      expect(segmentations).toEqual(alone.segmentations);
      expect(consensus).toEqual(alone.consensus);
    }
  });

  it('may come as the parts of a DICOMweb store, and as the frames of one image', async () => {
    const boundary = 'b'.repeat(20);
    const text = (content: string) => new TextEncoder().encode(content);
    const parts = slices.map((slice) =>
      joined([text(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`), slice, text('\r\n')]),
    );
    const related = joined([...parts, text(`--${boundary}--\r\n`)]);
    const type = `multipart/related; type="application/dicom"; boundary=${boundary}`;
    const byParts = await (await api.post(VOLUME, related, type)).json();
    expect(byParts).toEqual(await (await api.post(VOLUME, archive(slices), ZIP)).json());

    const at = (z: number) => ({
      PlanePositionSequence: { items: [{ ImagePositionPatient: `0\\0\\${z}` }] },
    });
    const frames = sliceAt(0, {
      NumberOfFrames: '2',
      PixelData: joined([pixels(10), pixels(0)]),
      PerFrameFunctionalGroupsSequence: { items: [at(10), at(0)] },
    });
    const volume = volumeSchema.parse(await (await api.post(VOLUME, frames, DICOM)).json());
    expect(volume.slices.map(({ frame, position }) => [frame, position])).toEqual([
      [2, 0],
      [1, 10],
    ]);
  });

  it('is answered with one segmentation that refers to every slice', async () => {
    const response = await api.post(VOLUME, archive(slices), ZIP, { accept: DICOM });
    const { dataSet } = readFile(new Uint8Array(await response.arrayBuffer()), {
      name: 'answer',
      maxInflatedBytes: 0,
    });
    const { source } = arrangeSeries(slices.map((slice) => readObject(slice, 'slice', LIMITS)));
    const segments = readSegmentation(dataSet, source, 'answer');
    const volume = volumeSchema.parse(await (await api.post(VOLUME, archive(slices), ZIP)).json());
    const told = volume.slices.map(({ segmentations }) => segmentations[0]);
    expect(segments[0]?.masks.map((mask) => mask ?? null)).toEqual(
      told.map((segmentation) => (segmentation?.area === 0 ? null : segmentation?.mask)),
    );
  });

  it('tells gaps and what came twice', async () => {
    const gap = archive([0, 10, 40].map((z) => sliceAt(z)));
    const volume = volumeSchema.parse(await (await api.post(VOLUME, gap, ZIP)).json());
    expect(volume.series_warnings).toEqual(['gap']);
    const twice = archive([...slices, slices[0] as Uint8Array]);
    const other = volumeSchema.parse(await (await api.post(VOLUME, twice, ZIP)).json());
    expect([other.series_warnings, other.slices.length]).toEqual([['duplicate-instance'], 3]);
  });

  it.each([
    [422, 'Modality (0008,0060)', archive([sliceAt(0), sliceAt(10, { Modality: 'MR' })]), ZIP],
    [422, 'ImagePositionPatient', archive([sliceAt(0), sliceAt(0, { SOPInstanceUID: '2.25.88' })]), ZIP],
    [400, 'holds no image', archive([]), ZIP],
    [400, 'instance 2: is not a DICOM object', archive([sliceAt(0), new Uint8Array(500)]), ZIP],
    [400, 'no zip archive', new Uint8Array(500), ZIP],
    [413, 'more than 5', archive(Array.from({ length: 6 }, (_, i) => sliceAt(i))), ZIP],
    [413, '7 frames', sliceAt(0, { NumberOfFrames: '7', PixelData: new Uint8Array(7 * 4000) }), DICOM],
    [400, 'boundary', sliceAt(0), 'multipart/related'],
    [415, 'Send application/dicom', sliceAt(0), 'image/png'],
  ])('%i: %s', async (status, named, body, type) => {
    const response = await api.post(VOLUME, new Uint8Array(body), type);
    const problem = problemSchema.parse(await response.json());
    expect([response.status, problem.status]).toEqual([status, status]);
    expect(problem.detail).toContain(named);
  });
});
