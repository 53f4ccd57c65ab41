import { InputError } from '../../errors.ts';
import { dot, normalOf, planeOf, type Vector } from '../answer/geometry.ts';
import type { DicomObject } from '../read-image.ts';
import type { SourceImage } from '../source-image.ts';
import { checkSameSeries, notOneVolume } from './same-series.ts';
import { type Instance, instanceOf, isPlaced, type Slice, slicesOf } from './slice.ts';

/** What may be thought of a series that is segmented all the same. */
export type SeriesWarning =
  /** Slices are not evenly spaced: one or more are missing. */
  | 'gap'
  /** An instance came twice; it is segmented once. */
  | 'duplicate-instance'
  /** The images do not say where they lie in the patient: they are in the order of their numbers. */
  | 'no-position';

/** A series as a volume: its slices in order of position along their normal. */
export interface Series {
  readonly slices: readonly Slice[];
  /** Along the normal, millimetres from the first slice, of each slice; null where slices have no position. */
  readonly positions: readonly number[] | null;
  /** With the frames of the slices, in their order. */
  readonly source: SourceImage;
  readonly warnings: readonly SeriesWarning[];
}

/** Slices nearer than this are at one place, millimetres. */
const SAME_PLACE = 0.01;
/** A step this much longer than the median one is a gap. */
const GAP = 1.25;

/**
 * Orders the images of a series (or the frames of one multi-frame image) to a volume.
 *
 * @throws InputError `empty-series`; `mixed-series` for images that do not stack; `same-position` for several at one
 * place, as in a series over time
 */
export function arrangeSeries(objects: readonly DicomObject[]): Series {
  const warnings = new Set<SeriesWarning>();
  const instances = withoutDuplicates(objects.map(instanceOf), warnings);
  const [first] = instances;
  if (first === undefined) {
    const remedy = 'Send the images of one series';
    throw new InputError({ code: 'empty-series', input: 'series', problem: 'holds no image', remedy });
  }
  const slices = slicesOf(instances);
  checkSameSeries(instances, slices);
  const { order, positions } = byPosition(slices) ?? byNumber(slices, warnings);
  if (positions !== null && hasGap(positions)) warnings.add('gap');
  const source = { ...first.source, frames: order.map(({ frame }) => frame) };
  return { slices: order, positions, source, warnings: [...warnings] };
}

function withoutDuplicates(instances: readonly Instance[], warnings: Set<SeriesWarning>): Instance[] {
  const seen = new Set<string>();
  return instances.filter(({ source }) => {
    const uid = source.frames[0]?.sopInstanceUid ?? '';
    if (!seen.has(uid)) {
      seen.add(uid);
      return true;
    }
    warnings.add('duplicate-instance');
    return false;
  });
}

interface Order {
  readonly order: readonly Slice[];
  readonly positions: readonly number[] | null;
}

/** By the projection of the slice's position on the normal (PS3.3 C.7.6.2.1.1); null unless all slices have one. */
function byPosition(slices: readonly Slice[]): Order | null {
  const [first] = slices;
  if (first === undefined || !slices.every(isPlaced)) return null;
  const plane = planeOf({ ...first.frame, pixelSpacing: first.frame.pixelSpacing ?? [1, 1] });
  if (plane === null) return null;
  const normal = normalOf(plane);
  const placed = slices
    .map((slice) => ({ slice, at: dot(normal, slice.frame.imagePositionPatient as unknown as Vector) }))
    .sort((a, b) => a.at - b.at);
  const start = placed[0]?.at ?? 0;
  const positions = placed.map(({ at }) => at - start);
  if (positions.some((at, i) => i > 0 && at - (positions[i - 1] as number) < SAME_PLACE)) {
    const problem = 'is that of several images';
    const remedy = 'Send one image for each place: one time, one echo, one reconstruction';
    throw notOneVolume('same-position', 'ImagePositionPatient', problem, remedy);
  }
  return { order: placed.map(({ slice }) => slice), positions };
}

/** By Instance Number, and frame by frame. */
function byNumber(slices: readonly Slice[], warnings: Set<SeriesWarning>): Order {
  warnings.add('no-position');
  const number = ({ object }: Slice) => object.dataSet.number('InstanceNumber') ?? 0;
  const order = slices.toSorted((a, b) => number(a) - number(b) || a.sent - b.sent || a.number - b.number);
  return { order, positions: null };
}

function hasGap(positions: readonly number[]): boolean {
  const steps = positions.slice(1).map((at, i) => at - (positions[i] as number));
  const median = steps.toSorted((a, b) => a - b)[Math.floor((steps.length - 1) / 2)] ?? 0;
  return steps.some((step) => step > GAP * median);
}
