import { answerOn } from '@d-persona/shared/dicom/answer/answer.fixtures.ts';
import { structureSet } from '@d-persona/shared/dicom/answer/rtstruct/structure-set.ts';
import { segmentationObject } from '@d-persona/shared/dicom/answer/seg/segmentation-object.ts';
import { ctElements, type Elements, fileOf } from '@d-persona/shared/dicom/encode.fixtures.ts';
import { readObject } from '@d-persona/shared/dicom/read-image.ts';
import { arrangeSeries } from '@d-persona/shared/dicom/series/arrange-series.ts';
import type { SourceImage } from '@d-persona/shared/dicom/source-image.ts';
import type { Files } from '../../dataset.fixtures.ts';

export const ROWS = 12;
export const COLUMNS = 10;
export const SLICES = 4;

const LIMITS = { maxPixels: 1000, maxFrames: 50, maxInflatedBytes: 0, minSide: 1 };

/** Hounsfield units of a pixel: a ramp that says where it is, from −1000 to 1400. */
export const unitsAt = (x: number, y: number, slice: number): number =>
  -1000 + 20 * x + 100 * y + 300 * slice;

export const sopUid = (patient: number, slice: number): string => `2.25.${1000 * patient + slice}`;
export const seriesUid = (patient: number): string => `2.25.${7000 + patient}`;

/** The slices of a patient's CT, stored backwards under names that say nothing, 5 mm apart. */
export function ctSeries(patient: number, changes: Elements = {}): Uint8Array[] {
  return Array.from({ length: SLICES }, (_, i) => {
    const slice = SLICES - 1 - i;
    const pixels = new Int16Array(ROWS * COLUMNS);
    for (let p = 0; p < pixels.length; p++) {
      pixels[p] = unitsAt(p % COLUMNS, Math.floor(p / COLUMNS), slice) + 1024;
    }
    return fileOf(
      ctElements(ROWS, COLUMNS, {
        SOPInstanceUID: sopUid(patient, slice),
        StudyInstanceUID: `2.25.${8000 + patient}`,
        SeriesInstanceUID: seriesUid(patient),
        FrameOfReferenceUID: `2.25.${9000 + patient}`,
        PatientID: `P-${patient}`,
        PixelSpacing: '0.7\\0.7',
        ImagePositionPatient: `-10\\20\\${5 * slice}`,
        PixelData: new Uint8Array(pixels.buffer),
        ...changes,
      }),
    );
  });
}

export function seriesFiles(patient: number, folder: string, changes: Elements = {}): Files {
  return Object.fromEntries(ctSeries(patient, changes).map((bytes, i) => [`${folder}/IM${i}.dcm`, bytes]));
}

export const sourceOfSeries = (patient: number): SourceImage =>
  arrangeSeries(ctSeries(patient).map((bytes) => readObject(bytes, 'fixture', LIMITS))).source;

/** Readers, each with the rectangles drawn on some slices: [left, top, width, height]. */
export type Drawing = Readonly<Record<string, Readonly<Record<number, readonly number[]>>>>;

/** A segmentation, or a structure set, in which each reader is a segment. */
export async function annotation(
  source: SourceImage,
  kind: 'SEG' | 'RTSTRUCT',
  drawing: Drawing,
): Promise<Uint8Array> {
  const segments = Object.entries(drawing).map(([title, rectangles]) => ({
    id: title,
    title,
    kind: 'persona' as const,
    masks: source.frames.map((_, frame) => {
      const [left = 0, top = 0, width = 0, height = 0] = rectangles[frame] ?? [];
      const data = new Uint8Array(ROWS * COLUMNS);
      for (let y = top; y < top + height; y++) data.fill(1, y * COLUMNS + left, y * COLUMNS + left + width);
      return { height: ROWS, width: COLUMNS, data };
    }),
  }));
  const answer = answerOn(source, segments);
  return kind === 'SEG' ? segmentationObject(answer) : structureSet(answer);
}

/** The pixels around a rectangle, as LIDC's edge maps have them: [left, top, width, height] inside. */
export function edgeAround([left, top, width, height]: readonly [number, number, number, number]): string {
  const edge: [number, number][] = [];
  for (let x = left - 1; x <= left + width; x++) edge.push([x, top - 1]);
  for (let y = top; y <= top + height; y++) edge.push([left + width, y]);
  for (let x = left + width - 1; x >= left - 1; x--) edge.push([x, top + height]);
  for (let y = top + height - 1; y >= top; y--) edge.push([left - 1, y]);
  return edge.map(([x, y]) => `<edgeMap><xCoord>${x}</xCoord><yCoord>${y}</yCoord></edgeMap>`).join('');
}

export function roi(sop: string, edge: string, inclusion = true, z = 0): string {
  return `<roi><imageZposition>${z}</imageZposition><imageSOP_UID>${sop}</imageSOP_UID><inclusion>${inclusion ? 'TRUE' : 'FALSE'}</inclusion>${edge}</roi>`;
}

/** An annotation file: for each reader the regions of each nodule. */
export function lidcXml(series: string, readers: readonly (readonly string[])[]): Uint8Array {
  const sessions = readers.map(
    (nodules) =>
      `<readingSession><annotationVersion>3.12</annotationVersion><servicingRadiologistID>anonymous</servicingRadiologistID>${nodules
        .map(
          (rois, i) => `<unblindedReadNodule><noduleID>Nodule ${i}</noduleID>${rois}</unblindedReadNodule>`,
        )
        .join(
          '',
        )}<nonNodule><nonNoduleID>1</nonNoduleID><locus><xCoord>1</xCoord></locus></nonNodule></readingSession>`,
  );
  return new TextEncoder().encode(
    `<?xml version="1.0" encoding="UTF-8"?>\n<LidcReadMessage uid="1.3.6" xmlns="http://www.nih.gov"><ResponseHeader><Version>1.8.1</Version><SeriesInstanceUid>${series}</SeriesInstanceUid></ResponseHeader>${sessions.join('')}</LidcReadMessage>`,
  );
}
