import type { SourceFrame, SourceImage } from '../../source-image.ts';
import type { WritableDataSet } from '../../write-dataset.ts';
import type { SegmentFrame } from '../frames.ts';
import { dot, normalOf, type Plane } from '../geometry.ts';
import { derivationImage } from '../references.ts';
import type { Dimensions } from './dimensions.ts';

/**
 * The multi-frame functional groups (PS3.3 C.7.6.16): geometry as the source has it, number for number, and never
 * mirrored. Where the source has no planes in a frame of reference, Derivation Image alone says where a frame belongs
 * (PS3.3 table A.51-2).
 */
export function functionalGroups(
  source: SourceImage,
  planes: readonly Plane[] | null,
  frames: readonly SegmentFrame[],
  dimensions: Dimensions,
): WritableDataSet {
  const measures = source.frames.map((frame) =>
    planes === null ? {} : planeGroups(source, frame, sliceSpacing(planes)),
  );
  const shared = new Set(frames.map(({ frame }) => JSON.stringify(measures[frame]))).size === 1;
  const first = frames[0] as SegmentFrame;
  return {
    SharedFunctionalGroupsSequence: [shared ? (measures[first.frame] as WritableDataSet) : {}],
    PerFrameFunctionalGroupsSequence: frames.map((item) => {
      const frame = source.frames[item.frame] as SourceFrame;
      return {
        ...(shared ? {} : measures[item.frame]),
        FrameContentSequence: [dimensions.frameContent(item)],
        PlanePositionSequence:
          planes === null ? undefined : [{ ImagePositionPatient: frame.imagePositionPatient }],
        SegmentIdentificationSequence: [{ ReferencedSegmentNumber: item.segment + 1 }],
        DerivationImageSequence: [derivationImage(source, frame)],
      };
    }),
  };
}

/** What a frame's plane has in common with others. */
function planeGroups(source: SourceImage, frame: SourceFrame, spacing: number | undefined): WritableDataSet {
  return {
    PixelMeasuresSequence: [
      {
        PixelSpacing: frame.pixelSpacing,
        // Viewers need a thickness to build a volume: of a lone slice that has none, a cubic voxel.
        SliceThickness: frame.sliceThickness ?? spacing ?? frame.pixelSpacing?.[0],
        SpacingBetweenSlices: source.series.SpacingBetweenSlices,
      },
    ],
    PlaneOrientationSequence: [{ ImageOrientationPatient: frame.imageOrientationPatient }],
  };
}

/** The smallest distance between the planes; undefined if there is but one. */
function sliceSpacing(planes: readonly Plane[]): number | undefined {
  const normal = normalOf(planes[0] as Plane);
  const places = [...new Set(planes.map(({ position }) => dot(position, normal)))].sort((a, b) => a - b);
  const steps = places.slice(1).map((place, i) => place - (places[i] as number));
  return steps.length === 0 ? undefined : Math.min(...steps);
}
