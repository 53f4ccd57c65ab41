import { InputError } from '../../errors.ts';
import type { RunLengths } from '../../mask/run-lengths.ts';
import type { DataSet } from '../dataset.ts';
import type { SourceImage } from '../source-image.ts';
import type { AnnotatedSegment } from './annotated-segment.ts';
import { readSegmentation } from './read-segmentation.ts';
import { readStructureSet } from './read-structure-set.ts';

/** A reader's outline, and the frame of the source that it is on. */
export interface FrameOutline {
  readonly frame: number;
  readonly mask: RunLengths;
}

/**
 * The outline of a persona in a DICOM Segmentation or RT Structure Set about an image: the one segment that is drawn;
 * of several the one that corrects this persona's (its Tracking ID), if there is one.
 *
 * @throws InputError `ambiguous-annotation` where there are several, or one on several frames; and as the readers
 */
export function outlineFor(
  persona: string,
  dataSet: DataSet,
  source: SourceImage,
  name: string,
): FrameOutline {
  const read = dataSet.string('Modality') === 'RTSTRUCT' ? readStructureSet : readSegmentation;
  const drawn = read(dataSet, source, name).filter(({ masks }) => masks.some((mask) => mask !== null));
  const own = drawn.filter(({ trackingId }) => trackingId === `persona/${persona}`);
  const [segment, ...others] = own.length > 0 ? own : drawn;
  if (segment === undefined || others.length > 0) {
    throw ambiguous(name, `has ${segment === undefined ? 'no' : 'several'} segments that are drawn`);
  }
  return onlyFrame(segment, name);
}

function onlyFrame({ masks }: AnnotatedSegment, name: string): FrameOutline {
  const frames = masks.flatMap((mask, frame) => (mask === null ? [] : [{ frame, mask }]));
  const [only, ...others] = frames;
  if (only !== undefined && others.length === 0) return only;
  throw ambiguous(name, 'is drawn on several frames');
}

function ambiguous(name: string, problem: string): InputError {
  const remedy = 'Send one outline, on one frame';
  return new InputError({ code: 'ambiguous-annotation', input: name, problem, remedy });
}
