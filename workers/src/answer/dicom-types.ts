/** What a DICOM image can be answered with, by media type; the first where the caller only says DICOM. */
export const DICOM_OBJECTS = {
  'application/dicom': 'segmentation',
  'application/dicom;object=seg-fractional': 'fractional-segmentation',
  'application/dicom;object=rtstruct': 'structure-set',
  'application/dicom;object=sr': 'measurement-report',
} as const;

export const FRACTIONAL = 'application/dicom;object=seg-fractional';

export type DicomMediaType = keyof typeof DICOM_OBJECTS;

export const DICOM_TYPES = Object.keys(DICOM_OBJECTS) as DicomMediaType[];

export function isDicomType(type: string): type is DicomMediaType {
  return Object.hasOwn(DICOM_OBJECTS, type);
}
