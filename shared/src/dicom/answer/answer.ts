import type { Mask } from '../../mask/mask.ts';
import { decodeRunLengths, type RunLengths } from '../../mask/run-lengths.ts';
import type { SegmentedProperty } from '../segmented-property.ts';
import type { SourceImage } from '../source-image.ts';
import type { Software } from '../write-dataset.ts';

/** One segmentation of an answer, on the frames of its source. */
export interface AnswerSegment {
  /** Unique in the answer, such as `persona/rank-1`. */
  readonly id: string;
  readonly title: string;
  readonly kind: 'persona' | 'sample' | 'consensus';
  /** Of each frame of the source; null where nothing was drawn. Run lengths take little memory for a volume. */
  readonly masks: readonly (Mask | RunLengths | null)[];
  /** [rows · columns] of each frame, in [0, 1]; needed for fractional segmentations only. */
  readonly probabilities?: readonly (Float32Array | null)[] | undefined;
}

/** Everything that a DICOM object about an answer says. */
export interface Answer {
  /** With the frames that were segmented, and no others. */
  readonly source: SourceImage;
  readonly segments: readonly AnswerSegment[];
  readonly release: {
    /** SHA-256 of its manifest, hex. */
    readonly hash: string;
    /** Default: a lesion. */
    readonly property?: SegmentedProperty | undefined;
  };
  /** The options that the answer depends on, as JSON: seed, threshold, region. */
  readonly request: { readonly seed: number; readonly [option: string]: unknown };
  readonly software: Software;
  /**
   * Date and time of the object's content. The same answer has the same UIDs, and an archive takes objects with one UID
   * for one object: so give a time that follows from the answer, as {@link contentDate} does.
   */
  readonly created: Date;
}

/** A segment's mask on a frame; null if there is none, or it is empty. */
export function maskOn(source: SourceImage, segment: AnswerSegment, frame: number): Mask | null {
  const given = segment.masks[frame];
  if (!given) return null;
  const mask = 'counts' in given ? decodeRunLengths(given, segment.id) : given;
  if (mask.height !== source.rows || mask.width !== source.columns) {
    throw new RangeError(`${segment.id}: ${mask.height} × ${mask.width}, not the source's size`);
  }
  return mask.data.includes(1) ? mask : null;
}

/** What an answer was made with, in one line. */
export function provenance({ release, request, software }: Answer, segment: AnswerSegment): string {
  return `${software.name} ${software.version}; release ${release.hash}; ${segment.id}; seed ${request.seed}`;
}
