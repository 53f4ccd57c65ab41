import { encodeRunLengths, type RunLengths } from '../../mask/run-lengths.ts';
import type { DataSet } from '../dataset.ts';
import { malformed } from '../dicom-problem.ts';
import { tagOf } from '../dictionary.ts';
import type { SourceImage } from '../source-image.ts';
import { type AnnotatedSegment, notOfImage } from './annotated-segment.ts';
import { type FramePlace, placesOfFrames } from './frame-places.ts';
import { type SegmentationPixels, segmentationPixels } from './segmentation-pixels.ts';

/** More segments than any annotation of one lesion has; each is looked for in every frame. */
const MOST_SEGMENTS = 256;

/**
 * The segments of a DICOM Segmentation as masks on the pixels of a source. The segmentation may have another size or be
 * turned or flipped, as long as its pixels lie on those of the source; frames that are not of the source's are left out.
 *
 * @param name what the object is called in an error.
 * @throws InputError `unusable-dicom` if no frame lies on the source, or on other pixels; `malformed-dicom`;
 * `unsupported-transfer-syntax` if its pixels are compressed.
 */
export function readSegmentation(dataSet: DataSet, source: SourceImage, name: string): AnnotatedSegment[] {
  const items = dataSet.items('SegmentSequence');
  if (items.length === 0 || items.length > MOST_SEGMENTS) {
    const problem = `has ${items.length} segments, not 1 to ${MOST_SEGMENTS}`;
    throw malformed(name, tagOf('SegmentSequence'), problem);
  }
  const pixels = segmentationPixels(dataSet, name);
  const places = placesOfFrames(dataSet, pixels, source, name);
  if (places.every((place) => place === null)) throw notOfImage(name, 'has no frame that lies on the image');
  // A label map may list its background as a segment (PS3.3 C.8.20.2).
  const background = pixels.labelMap ? (dataSet.number('PixelPaddingValue') ?? 0) : undefined;
  return items.flatMap((item) => {
    const number = item.number('SegmentNumber') ?? 0;
    if (number === background) return [];
    return {
      number,
      label: item.string('SegmentLabel') ?? '',
      trackingId: item.string('TrackingID'),
      masks: masksOf(number, pixels, places, source),
    };
  });
}

function masksOf(
  segment: number,
  pixels: SegmentationPixels,
  places: readonly (FramePlace | null)[],
  source: SourceImage,
): (RunLengths | null)[] {
  const shows = (place: FramePlace | null) => place && (pixels.labelMap || place.segment === segment);
  const indices = [...places.keys()].filter((i) => shows(places[i] as FramePlace | null));
  const ofFrame = Map.groupBy(indices, (i) => places[i]?.frame);
  return source.frames.map((_, frame) => {
    const data = new Uint8Array(source.rows * source.columns);
    for (const i of ofFrame.get(frame) ?? []) {
      draw(pixels.maskOf(i, segment), pixels.columns, places[i] as FramePlace, source, data);
    }
    return data.includes(1) ? encodeRunLengths({ height: source.rows, width: source.columns, data }) : null;
  });
}

/** Adds the pixels of a frame to a mask of the source; what is beyond the source is left out. */
function draw(
  drawn: Uint8Array,
  width: number,
  { mapping }: FramePlace,
  { rows, columns }: SourceImage,
  mask: Uint8Array,
): void {
  for (let at = drawn.indexOf(1); at >= 0; at = drawn.indexOf(1, at + 1)) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const column = mapping.column(x, y);
    const row = mapping.row(x, y);
    if (column >= 0 && column < columns && row >= 0 && row < rows) mask[row * columns + column] = 1;
  }
}
