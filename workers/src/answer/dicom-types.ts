/** What a DICOM image can be answered with, by media type; the first where the caller only says DICOM. */
export const DICOM_TYPES = [
  'application/dicom',
  'application/dicom;profile=seg-fractional',
  'application/dicom;profile=rtstruct',
  'application/dicom;profile=sr',
] as const;

export type DicomMediaType = (typeof DICOM_TYPES)[number];

export const FRACTIONAL = 'application/dicom;profile=seg-fractional';

export function isDicomType(type: string): type is DicomMediaType {
  return DICOM_TYPES.some((known) => known === type);
}
