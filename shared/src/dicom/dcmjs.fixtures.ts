import dcmjs from 'dcmjs';

/** A segmentation as dcmjs, which viewers use, gives it: values by keyword. */
export interface NaturalizedSegmentation {
  readonly PatientName: unknown;
  readonly SOPInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly NumberOfFrames: number;
  readonly SegmentsOverlap: string;
  readonly FrameOfReferenceUID?: string;
  readonly SegmentSequence: readonly { SegmentNumber: number; SegmentLabel: string; TrackingUID: string }[];
  readonly SharedFunctionalGroupsSequence: readonly Groups[];
  readonly PerFrameFunctionalGroupsSequence: readonly Groups[];
  readonly PixelData: readonly ArrayBuffer[];
}

export interface Groups {
  readonly PixelMeasuresSequence?: readonly { PixelSpacing: number[]; SliceThickness: number }[];
  readonly PlaneOrientationSequence?: readonly { ImageOrientationPatient: number[] }[];
  readonly PlanePositionSequence?: readonly { ImagePositionPatient: number[] }[];
  readonly FrameContentSequence: readonly { DimensionIndexValues: number | number[] }[];
  readonly SegmentIdentificationSequence: readonly { ReferencedSegmentNumber: number }[];
  readonly DerivationImageSequence: readonly {
    SourceImageSequence: readonly { ReferencedSOPInstanceUID: string; ReferencedFrameNumber?: number }[];
  }[];
}

export function readByDcmjs(file: Uint8Array<ArrayBuffer>): NaturalizedSegmentation {
  dcmjs.log.setLevel('error');
  const { dict } = dcmjs.data.DicomMessage.readFile(file.buffer);
  return dcmjs.data.DicomMetaDictionary.naturalizeDataset(dict) as unknown as NaturalizedSegmentation;
}

/** The frames of a binary segmentation, as dcmjs unpacks them; its 255 is 1 here. */
export function binaryFramesByDcmjs(read: NaturalizedSegmentation, pixels: number): Uint8Array[] {
  const all = dcmjs.data.BitArray.unpack(read.PixelData[0] as ArrayBuffer).map((value) => value / 255);
  return Array.from({ length: read.NumberOfFrames }, (_, i) => all.slice(i * pixels, (i + 1) * pixels));
}
