import { codeItem, dcm } from '../codes.ts';
import type { SourceFrame, SourceImage } from '../source-image.ts';
import type { WritableDataSet } from '../write-dataset.ts';

/** Refers to a frame's instance, and to the frame where the instance has several (PS3.3 10.3). */
export function frameReference(source: SourceImage, frame: SourceFrame): WritableDataSet {
  return {
    ReferencedSOPClassUID: frame.sopClassUid,
    ReferencedSOPInstanceUID: frame.sopInstanceUid,
    ReferencedFrameNumber: source.multiFrame ? frame.frameNumber : undefined,
  };
}

/** Refers to every instance of the source, once. */
export function instanceReferences({ frames }: SourceImage): WritableDataSet[] {
  const classes = new Map(frames.map(({ sopClassUid, sopInstanceUid }) => [sopInstanceUid, sopClassUid]));
  return [...classes].map(([uid, sopClass]) => ({
    ReferencedSOPClassUID: sopClass,
    ReferencedSOPInstanceUID: uid,
  }));
}

/** The source's series with its instances (PS3.3 C.12.2): without it, viewers do not show what refers to it. */
export function referencedSeries(source: SourceImage): WritableDataSet {
  return {
    SeriesInstanceUID: source.seriesInstanceUid,
    ReferencedInstanceSequence: instanceReferences(source),
  };
}

/** From which frame a frame was derived, and how (PS3.3 C.7.6.16.2.6). */
export function derivationImage(source: SourceImage, frame: SourceFrame): WritableDataSet {
  return {
    SourceImageSequence: [
      {
        ...frameReference(source, frame),
        SpatialLocationsPreserved: 'YES',
        PurposeOfReferenceCodeSequence: [
          codeItem(dcm('121322', 'Source image for image processing operation')),
        ],
      },
    ],
    DerivationCodeSequence: [codeItem(dcm('113076', 'Segmentation'))],
  };
}
