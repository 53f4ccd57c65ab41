import type { DataSet } from '@d-persona/shared/dicom/dataset.ts';
import { readFile } from '@d-persona/shared/dicom/read-file.ts';
import { InputError } from '@d-persona/shared/errors.ts';
import { orInputError } from '../../problems.ts';
import type { FileReader } from '../file-reader.ts';
import { isXml, type LidcReading, readLidcXml } from './read-lidc-xml.ts';

/** Most bytes that a deflated object may inflate to. */
export const MOST_INFLATED = 512 * 2 ** 20;

/** The images of one series: their files and what all have in common. */
export interface ImageSeries {
  readonly uid: string;
  readonly study: string;
  /** Patient ID; a name for the study where there is none. Never shown as it is. */
  readonly patient: string;
  readonly modality: string;
  readonly paths: string[];
}

/** One outlined structure of an annotation object, and what may tell whose it is. */
export interface AnnotatedItem {
  readonly path: string;
  readonly number: number;
  readonly segment: string;
  readonly creator: string;
  readonly title: string;
  readonly description: string;
}

/** A segmentation or structure set. */
export interface AnnotationObject {
  readonly path: string;
  readonly study: string;
  /** Series that it says it is about. */
  readonly references: ReadonlySet<string>;
  readonly items: readonly AnnotatedItem[];
}

/** All DICOM files of a folder, sorted out by their headers; pixels are not looked at. */
export interface SeriesIndex {
  readonly series: readonly ImageSeries[];
  readonly annotations: readonly AnnotationObject[];
  /** Files in LIDC's own format. */
  readonly readings: readonly LidcReading[];
  /** Neither image nor annotation. */
  readonly orphans: readonly string[];
  readonly problems: readonly InputError[];
}

/** Reads the headers of all files. Problems are collected, not thrown. */
export async function indexSeries(paths: readonly string[], reader: FileReader): Promise<SeriesIndex> {
  const series = new Map<string, ImageSeries>();
  const annotations: AnnotationObject[] = [];
  const readings: LidcReading[] = [];
  const orphans: string[] = [];
  const problems: InputError[] = [];
  for (const path of paths) {
    const problem = await orInputError(async () => {
      const bytes = await reader.read(path);
      const name = reader.fullName(path);
      if (isXml(bytes)) {
        const reading = readLidcXml(bytes, name);
        if (reading === undefined) orphans.push(path);
        else readings.push({ ...reading, path });
        return;
      }
      const { dataSet } = readFile(bytes, { name, maxInflatedBytes: MOST_INFLATED });
      const modality = dataSet.string('Modality') ?? '';
      if (modality === 'SEG' || modality === 'RTSTRUCT') annotations.push(annotationOf(dataSet, path));
      else if (dataSet.has('Rows')) addImage(dataSet, path, modality, series);
      else orphans.push(path);
    });
    if (problem instanceof InputError) problems.push(problem);
  }
  return { series: [...series.values()], annotations, readings, orphans, problems };
}

function addImage(dataSet: DataSet, path: string, modality: string, series: Map<string, ImageSeries>): void {
  const uid = dataSet.string('SeriesInstanceUID') ?? '';
  const study = dataSet.string('StudyInstanceUID') ?? '';
  const patient = dataSet.string('PatientID') || study;
  const own = series.get(uid) ?? { uid, study, patient, modality, paths: [] };
  own.paths.push(path);
  series.set(uid, own);
}

function annotationOf(dataSet: DataSet, path: string): AnnotationObject {
  const common = {
    path,
    creator: dataSet.string('ContentCreatorName') ?? dataSet.string('OperatorsName') ?? '',
    title: dataSet.string('ContentLabel') ?? dataSet.string('StructureSetLabel') ?? '',
    description: dataSet.string('SeriesDescription') ?? '',
  };
  const segments = dataSet.items('SegmentSequence').map((item) => ({
    number: item.number('SegmentNumber') ?? 0,
    segment: item.string('SegmentLabel') ?? '',
  }));
  const regions = dataSet.items('StructureSetROISequence').map((item) => ({
    number: item.number('ROINumber') ?? 0,
    segment: item.string('ROIName') ?? '',
  }));
  const ofStructureSet = dataSet
    .items('ReferencedFrameOfReferenceSequence')
    .flatMap((frame) => frame.items('RTReferencedStudySequence'))
    .flatMap((study) => study.items('RTReferencedSeriesSequence'));
  const references = [...dataSet.items('ReferencedSeriesSequence'), ...ofStructureSet];
  return {
    path,
    study: dataSet.string('StudyInstanceUID') ?? '',
    references: new Set(references.flatMap((item) => item.string('SeriesInstanceUID') ?? [])),
    items: [...segments, ...regions].map((item) => ({ ...common, ...item })),
  };
}
