import { type Plane, planeOf } from '../answer/geometry.ts';
import type { DataSet } from '../dataset.ts';
import { malformed } from '../dicom-problem.ts';
import { type Keyword, tagOf } from '../dictionary.ts';
import type { SourceImage } from '../source-image.ts';
import { notOfImage } from './annotated-segment.ts';
import { FrameMatcher } from './frame-matcher.ts';
import { type GridMapping, mapGrid } from './grid-mapping.ts';

/** Where a frame of a segmentation belongs. */
export interface FramePlace {
  /** Segment Number; undefined in a label map, whose frames show all. */
  readonly segment: number | undefined;
  /** Index of the source's frame. */
  readonly frame: number;
  /** From its pixels to those of the source. */
  readonly mapping: GridMapping;
}

const SAME_GRID: GridMapping = { column: (column) => column, row: (_, row) => row };

/**
 * Where the frames of a segmentation belong: by the images they refer to, else by their position in the patient. Null
 * for those that are of other images.
 *
 * @throws InputError `unusable-dicom` for a frame of this image whose pixels are not the image's, `malformed-dicom`.
 */
export function placesOfFrames(
  dataSet: DataSet,
  size: { rows: number; columns: number; frames: number },
  source: SourceImage,
  name: string,
): (FramePlace | null)[] {
  const [shared] = dataSet.items('SharedFunctionalGroupsSequence');
  const perFrame = dataSet.items('PerFrameFunctionalGroupsSequence');
  if (perFrame.length !== size.frames) {
    const problem = `has ${perFrame.length} items for ${size.frames} frames`;
    throw malformed(name, tagOf('PerFrameFunctionalGroupsSequence'), problem);
  }
  const sameSpace = dataSet.string('FrameOfReferenceUID') === source.frameOfReferenceUid;
  const matcher = new FrameMatcher(source);
  return perFrame.map((own) => {
    const group = (keyword: Keyword) => own.items(keyword)[0] ?? shared?.items(keyword)[0];
    const references = group('DerivationImageSequence')?.items('SourceImageSequence') ?? [];
    const plane = sameSpace ? planeOfGroups(group) : null;
    const frame = matcher.byReference(references) ?? (plane ? matcher.byPosition(plane.position) : -1);
    if (frame < 0) return null;
    const mapping = mappingOf(plane, matcher.planes?.[frame] ?? null, size, source);
    if (mapping === null) {
      throw notOfImage(name, 'has a frame whose pixels do not lie on those of the image');
    }
    return {
      segment: group('SegmentIdentificationSequence')?.number('ReferencedSegmentNumber'),
      frame,
      mapping,
    };
  });
}

function planeOfGroups(group: (keyword: Keyword) => DataSet | undefined): Plane | null {
  const [row, column] = group('PixelMeasuresSequence')?.numbers('PixelSpacing') ?? [];
  if (row === undefined || column === undefined) return null;
  return planeOf({
    imagePositionPatient: group('PlanePositionSequence')?.numbers('ImagePositionPatient'),
    imageOrientationPatient: group('PlaneOrientationSequence')?.numbers('ImageOrientationPatient'),
    pixelSpacing: [row, column],
  });
}

/** By the planes where both have one; else the grids must have the same size. */
function mappingOf(
  plane: Plane | null,
  target: Plane | null,
  size: { rows: number; columns: number },
  source: SourceImage,
): GridMapping | null {
  if (plane !== null && target !== null) return mapGrid(plane, size, target);
  return size.rows === source.rows && size.columns === source.columns ? SAME_GRID : null;
}
