import { fillRings } from '../../mask/fill-rings.ts';
import { encodeRunLengths, type RunLengths } from '../../mask/run-lengths.ts';
import { toGrid, type Vector } from '../answer/geometry.ts';
import type { DataSet } from '../dataset.ts';
import { malformed } from '../dicom-problem.ts';
import { tagOf } from '../dictionary.ts';
import type { SourceImage } from '../source-image.ts';
import { type AnnotatedSegment, notOfImage } from './annotated-segment.ts';
import { FrameMatcher } from './frame-matcher.ts';

/** [x, y] on the grid of pixel corners of a frame. */
type GridRing = [x: number, y: number][];

const CLOSED: ReadonlySet<string | undefined> = new Set(['CLOSED_PLANAR', 'CLOSEDPLANAR_XOR']);

/**
 * The regions of interest of an RT Structure Set as masks on the pixels of a source: those whose centres lie inside an
 * odd number of a region's contours, so that holes may be drawn as contours of their own. Contours on frames that are
 * not in the source are left out, as are points and open lines.
 *
 * @param name what the object is called in an error.
 * @throws InputError `unusable-dicom` if no contour lies on the source, `malformed-dicom`.
 */
export function readStructureSet(dataSet: DataSet, source: SourceImage, name: string): AnnotatedSegment[] {
  const matcher = new FrameMatcher(source);
  if (matcher.planes === null) {
    throw notOfImage(name, 'has contours in the patient, where the image has no position in the patient');
  }
  const regions = dataSet.items('ROIContourSequence');
  const numbers = dataSet
    .items('StructureSetROISequence')
    .filter((roi) => roi.string('ReferencedFrameOfReferenceUID') === source.frameOfReferenceUid)
    .map((roi) => ({ number: roi.number('ROINumber') ?? 0, label: roi.string('ROIName') ?? '' }));
  const segments = numbers.map(({ number, label }): AnnotatedSegment => {
    const contours = regions
      .filter((region) => region.number('ReferencedROINumber') === number)
      .flatMap((region) => region.items('ContourSequence'));
    return { number, label, masks: masksOf(contours, source, matcher, name) };
  });
  if (segments.some(({ masks }) => masks.some((mask) => mask !== null))) return segments;
  throw notOfImage(name, 'has no closed contour on a frame of the image');
}

function masksOf(
  contours: readonly DataSet[],
  source: SourceImage,
  matcher: FrameMatcher,
  name: string,
): (RunLengths | null)[] {
  const rings = source.frames.map((): GridRing[] => []);
  for (const contour of contours) {
    if (!CLOSED.has(contour.string('ContourGeometricType'))) continue;
    const points = pointsOf(contour, name);
    const references = contour.items('ContourImageSequence');
    const frame = matcher.byReference(references) ?? matcher.byPosition(points[0] as Vector);
    const plane = matcher.planes?.[frame];
    if (plane === undefined) continue;
    const places = points.map((point) => toGrid(plane, point));
    if (places.some(({ distance }) => Math.abs(distance) > matcher.tolerance)) {
      throw notOfImage(name, 'has a contour that is not in the plane of a frame');
    }
    rings[frame]?.push(places.map(({ column, row }) => [column + 0.5, row + 0.5]));
  }
  return rings.map((ofFrame) => {
    if (ofFrame.length === 0) return null;
    const mask = fillRings(ofFrame, { height: source.rows, width: source.columns });
    return mask.data.includes(1) ? encodeRunLengths(mask) : null;
  });
}

function pointsOf(contour: DataSet, name: string): Vector[] {
  const numbers = contour.numbers('ContourData');
  if (numbers.length % 3 !== 0 || numbers.length < 9) {
    throw malformed(
      name,
      tagOf('ContourData'),
      `has ${numbers.length} numbers, not three for each of its points`,
    );
  }
  return Array.from({ length: numbers.length / 3 }, (_, i) =>
    numbers.slice(3 * i, 3 * i + 3),
  ) as unknown as Vector[];
}
