import { mapToBytes } from '../../image/map-to-bytes.ts';
import type { SourceImage } from '../source-image.ts';
import { type Answer, type AnswerSegment, maskOn } from './answer.ts';
import { BitPacker } from './bit-packer.ts';

/** What a frame of a segmentation shows: a segment on a frame of the source, both counted from 0. */
export interface SegmentFrame {
  readonly segment: number;
  readonly frame: number;
}

/** The frames of a segmentation that have something on them, segment by segment, and their pixels. */
export interface SegmentFrames {
  readonly frames: readonly SegmentFrame[];
  /** Pixel Data: a bit a pixel, or a byte. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** The largest value of a fractional segmentation. */
export const MAXIMUM_FRACTION = 255;

/**
 * The frames of a binary segmentation: a bit a pixel, the first in the lowest bit, packed across frames without a gap
 * (PS3.5 8.2, PS3.3 C.8.20.2.1), so that a frame need not begin at a byte.
 */
export function binaryFrames({ source, segments }: Answer): SegmentFrames {
  const packer = new BitPacker();
  const frames = nonEmptyFrames(
    segments,
    source,
    (segment, frame) => maskOn(source, segment, frame)?.data,
    (bits) => packer.add(bits),
  );
  return { frames, pixels: packer.bytes() };
}

/** The frames of a fractional segmentation: probability as a byte a pixel, 255 is 1. */
export function fractionalFrames({ source, segments }: Answer): SegmentFrames {
  const bytes: Uint8Array[] = [];
  const frames = nonEmptyFrames(segments, source, fractionsOn, (fractions) => bytes.push(fractions));
  const pixels = new Uint8Array(bytes.length * source.rows * source.columns);
  for (const [i, fractions] of bytes.entries()) pixels.set(fractions, i * fractions.length);
  return { frames, pixels };

  function fractionsOn({ id, probabilities }: AnswerSegment, frame: number): Uint8Array | undefined {
    if (probabilities === undefined)
      throw new RangeError(`${id}: a fractional segmentation needs probabilities`);
    const probability = probabilities[frame];
    if (!probability) return undefined;
    if (probability.length !== source.rows * source.columns) {
      throw new RangeError(`${id}: probabilities of another size than the source's`);
    }
    const fractions = mapToBytes(probability, (p) => Math.round(p * MAXIMUM_FRACTION));
    return fractions.some((fraction) => fraction > 0) ? fractions : undefined;
  }
}

/**
 * Empty frames are left out, as in highdicom: a segment that is empty everywhere stays in the Segment Sequence without
 * a frame. An object needs one frame, though (PS3.3 C.7.6.16: one or more items): if all is empty, it is an empty frame
 * of the first segment.
 */
function nonEmptyFrames(
  segments: readonly AnswerSegment[],
  source: SourceImage,
  pixelsOn: (segment: AnswerSegment, frame: number) => Uint8Array | undefined,
  keep: (pixels: Uint8Array) => void,
): SegmentFrame[] {
  const frames: SegmentFrame[] = [];
  segments.forEach((segment, index) => {
    for (const frame of source.frames.keys()) {
      const pixels = pixelsOn(segment, frame);
      if (pixels === undefined) continue;
      keep(pixels);
      frames.push({ segment: index, frame });
    }
  });
  if (frames.length > 0) return frames;
  keep(new Uint8Array(source.rows * source.columns));
  return [{ segment: 0, frame: 0 }];
}
