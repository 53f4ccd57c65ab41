/** A DICOM object, for the description. */
export const DICOM_SCHEMA = {
  type: 'string' as const,
  format: 'binary',
  description:
    'For a DICOM image that comes with the request: a segmentation. By the parameter `profile` of the media type also ' +
    'seg-fractional (probabilities), rtstruct (an RT Structure Set), sr (a TID 1500 measurement report)',
};
