import type { WritableDataSet } from '../write-dataset.ts';
import { ALGORITHM_NAME } from './algorithm.ts';
import type { Answer } from './answer.ts';
import { dateAndTime, first } from './date-time.ts';
import { takenOver } from './taken-over.ts';

/** Modules about the patient and the study, with what is required empty where the source has nothing. */
export function patientAndStudy({ source }: Answer): WritableDataSet {
  return {
    PatientName: '',
    PatientID: '',
    PatientBirthDate: '',
    PatientSex: '',
    StudyDate: '',
    StudyTime: '',
    ReferringPhysicianName: '',
    StudyID: '',
    AccessionNumber: '',
    ...takenOver(source.patient),
    ...takenOver(source.study),
    StudyInstanceUID: source.studyInstanceUid,
    TimezoneOffsetFromUTC: source.series.TimezoneOffsetFromUTC,
  };
}

/** The general equipment module, enhanced (PS3.3 C.7.5.2): all of it is required of a segmentation. */
export function equipment({ release, software }: Answer): WritableDataSet {
  return {
    Manufacturer: software.name,
    ManufacturerModelName: ALGORITHM_NAME,
    DeviceSerialNumber: release.hash,
    SoftwareVersions: software.version,
  };
}

/** A series of the object's own. */
export function series(modality: string, description: string, uid: string): WritableDataSet {
  return {
    Modality: modality,
    SeriesInstanceUID: uid,
    SeriesNumber: SERIES_NUMBERS[modality],
    SeriesDescription: description,
    InstanceNumber: 1,
  };
}

/** High, so that derived series come after those of the scanner. */
const SERIES_NUMBERS: Readonly<Record<string, number>> = { SEG: 9001, RTSTRUCT: 9002, SR: 9003 };

/** When the content was made. */
export function contentDateAndTime({ created, source }: Answer): {
  ContentDate: string;
  ContentTime: string;
} {
  const { date, time } = dateAndTime(created, first(source.series.TimezoneOffsetFromUTC));
  return { ContentDate: date, ContentTime: time };
}

/** The coordinate system of the source, where it has one. */
export function frameOfReference({ source }: Answer): WritableDataSet {
  if (source.frameOfReferenceUid === undefined) return {};
  return {
    FrameOfReferenceUID: source.frameOfReferenceUid,
    PositionReferenceIndicator: source.series.PositionReferenceIndicator ?? '',
  };
}
