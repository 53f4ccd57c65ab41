import { createHash } from 'node:crypto';
import { readSegmentation } from '@d-persona/shared/dicom/annotation/read-segmentation.ts';
import { readStructureSet } from '@d-persona/shared/dicom/annotation/read-structure-set.ts';
import { readFile } from '@d-persona/shared/dicom/read-file.ts';
import { instanceOf } from '@d-persona/shared/dicom/series/slice.ts';
import { InputError } from '@d-persona/shared/errors.ts';
import { decodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import type { DataOptions } from '../../options.ts';
import { allProblems } from '../../problems.ts';
import { selectNames } from '../../select.ts';
import type { FileReader } from '../file-reader.ts';
import type { Lesion, OpenVolume, SliceMasks, Spacing, VolumeCase, VolumeSet } from '../volume.ts';
import { type ItemRaters, itemRaters } from './annotation-raters.ts';
import { lidcLesions, slotLabel } from './lidc-lesions.ts';
import { type OpenSeries, openSeries, readOne, standardisedSlices } from './open-series.ts';
import type { LidcReading } from './read-lidc-xml.ts';
import {
  type AnnotatedItem,
  type AnnotationObject,
  type ImageSeries,
  indexSeries,
  MOST_INFLATED,
  type SeriesIndex,
} from './series-index.ts';

/** Files that may be DICOM objects or annotations of them: by their ending, or without one as scanners write them. */
export const isDicomFile = (path: string): boolean =>
  /(^|\/)[^/.]+$|\.(dcm|dicom|ima|xml)$|\.\d+$/i.test(path);

/** A series and what was drawn on it. */
interface Annotated {
  readonly series: ImageSeries;
  readonly lesions: (series: OpenSeries) => Promise<Lesion[]>;
  /** Files that it takes; for messages. */
  readonly file: string;
}

/**
 * DICOM series with the outlines of several readers: SEG and RTSTRUCT objects, or LIDC's own XML files, which count
 * where there are any.
 *
 * @throws InputError where there are no images or no outlines, or an annotation belongs to none of the series
 */
export async function dicomSet(
  files: readonly string[],
  reader: FileReader,
  options: DataOptions,
): Promise<VolumeSet> {
  const index = await indexSeries(files.filter(isDicomFile), reader);
  if (index.series.length === 0)
    throw nothing('no-images', reader.input, 'holds no DICOM images', index.problems);
  const problems = [...index.problems];
  const lidc = index.readings.length > 0;
  const found = lidc ? fromReadings(index, reader, problems) : fromObjects(index, reader, options, problems);
  if (problems.length > 0 && options.onBroken === 'fail') throw allProblems(reader.input, problems);
  if (found.annotated.length === 0) {
    throw nothing(
      'no-masks',
      reader.input,
      'has DICOM images, but no outlines of them (SEG, RTSTRUCT or LIDC XML)',
      problems,
    );
  }
  const modalities = new Set(found.annotated.map(({ series }) => series.modality));
  const isCt = modalities.size === 1 && modalities.has('CT');
  const window = isCt ? options.window : null;
  return {
    layout: 'dicom',
    slots: found.slots,
    labels: found.labels,
    cases: found.annotated.map((annotated) => caseOf(annotated, reader, isCt, window)),
    channels: 1,
    values: isCt ? 'units' : 'standardised',
    units: isCt ? 'HU' : null,
    window,
    modality: modalities.size === 1 ? ([...modalities][0] as string) : null,
    byLesion: lidc,
    problems,
    orphans: [
      ...files.filter((path) => !isDicomFile(path)),
      ...index.orphans,
      ...(lidc ? index.annotations.map(({ path }) => path) : []),
    ],
  };
}

interface Found {
  readonly annotated: Annotated[];
  readonly labels: readonly string[];
  readonly slots: boolean;
}

function fromReadings({ series, readings }: SeriesIndex, reader: FileReader, problems: InputError[]): Found {
  const byUid = new Map(series.map((own) => [own.uid, own]));
  const annotated = readings.flatMap((reading): Annotated[] => {
    const own = byUid.get(reading.seriesUid);
    if (own === undefined) {
      problems.push(otherSeries(reader.fullName(reading.path)));
      return [];
    }
    const name = reader.fullName(reading.path);
    return [{ series: own, file: reading.path, lesions: async (open) => lidcLesions(reading, open, name) }];
  });
  const most = Math.max(0, ...readings.map(({ readers }: LidcReading) => readers.length));
  return { annotated, labels: Array.from({ length: most }, (_, i) => slotLabel(i)), slots: true };
}

function fromObjects(
  { series, annotations }: SeriesIndex,
  reader: FileReader,
  { structure }: DataOptions,
  problems: InputError[],
): Found {
  const bySeries = new Map<ImageSeries, AnnotationObject[]>();
  for (const object of annotations) {
    const named = series.filter(({ uid }) => object.references.has(uid));
    const sameStudy = series.filter(({ study }) => study === object.study);
    const own = named.length > 0 ? named : sameStudy.length === 1 ? sameStudy : [];
    if (own.length !== 1) problems.push(otherSeries(reader.fullName(object.path)));
    else bySeries.set(own[0] as ImageSeries, [...(bySeries.get(own[0] as ImageSeries) ?? []), object]);
  }
  const segments = [...bySeries.values()].flat().flatMap(({ items }) => items.map(({ segment }) => segment));
  const wanted = structure === null ? null : selectNames(segments, [structure], 'data.structure');
  const itemsOf = (objects: readonly AnnotationObject[]) =>
    objects.flatMap(({ items }) => items.filter(({ segment }) => wanted?.has(segment) ?? true));
  const raters = itemRaters([...bySeries.values()].map(itemsOf));
  const annotated = [...bySeries].map(
    ([own, objects]): Annotated => ({
      series: own,
      file: own.paths[0] as string,
      lesions: async (open) => [{ name: '', masks: await masksOf(itemsOf(objects), raters, open, reader) }],
    }),
  );
  return { annotated, labels: raters.labels, slots: raters.slots };
}

async function masksOf(
  items: readonly AnnotatedItem[],
  raters: ItemRaters,
  series: OpenSeries,
  reader: FileReader,
): Promise<Map<string, SliceMasks>> {
  const masks = new Map<string, SliceMasks>();
  for (const [path, own] of Map.groupBy(items, (item) => item.path)) {
    const name = reader.fullName(path);
    const { dataSet } = readFile(await reader.read(path), { name, maxInflatedBytes: MOST_INFLATED });
    const read = dataSet.string('Modality') === 'RTSTRUCT' ? readStructureSet : readSegmentation;
    const segments = new Map(read(dataSet, series.source, name).map((segment) => [segment.number, segment]));
    for (const item of own) {
      const runs = segments.get(item.number)?.masks;
      masks.set(raters.of.get(item) as string, (slice) => {
        const drawn = runs?.[slice];
        return drawn ? decodeRunLengths(drawn, name).data : null;
      });
    }
  }
  return masks;
}

function caseOf(
  { series, lesions, file }: Annotated,
  reader: FileReader,
  isCt: boolean,
  window: OpenWindow,
): VolumeCase {
  return {
    id: `${pseudonym('patient', series.patient)}/${pseudonym('series', series.uid)}`,
    file,
    spacing: async () => {
      const object = await readOne(series.paths[0] as string, reader);
      return spacingOf(instanceOf(object, 0).source);
    },
    async open(): Promise<OpenVolume> {
      const open = await openSeries(series, reader, window);
      return {
        depth: open.depth,
        height: open.height,
        width: open.width,
        spacing: spacingOf(open.source),
        image: isCt ? (slice) => open.values(slice) : await standardisedSlices(open),
        lesions: await lesions(open),
      };
    },
  };
}

type OpenWindow = VolumeSet['window'];

function spacingOf({ frames }: OpenSeries['source']): Spacing | null {
  return frames[0]?.pixelSpacing ?? null;
}

/** Patient and series under names that say nothing of them, the same at every loading. */
function pseudonym(kind: string, identifier: string): string {
  return `${kind}-${createHash('sha256').update(`${kind} ${identifier}`).digest('hex').slice(0, 12)}`;
}

function otherSeries(input: string): InputError {
  return new InputError({
    code: 'other-series',
    input,
    problem: 'belongs to none of the series here',
    remedy: 'Add the series that it was drawn on, remove it, or skip it: data.onBroken=skip',
  });
}

function nothing(code: string, input: string, problem: string, problems: readonly InputError[]): InputError {
  if (problems.length > 0) return allProblems(input, problems);
  const remedy = 'Give a folder with CT or MR series and the outlines of several readers';
  return new InputError({ code, input, problem, remedy });
}
