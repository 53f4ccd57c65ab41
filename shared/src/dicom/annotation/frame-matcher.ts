import { dot, normalOf, type Plane, planesOf, toGrid, type Vector } from '../answer/geometry.ts';
import type { DataSet } from '../dataset.ts';
import type { SourceImage } from '../source-image.ts';

/** Finds the frame of the source that a part of an annotation was drawn on. */
export class FrameMatcher {
  /** Of the source's frames; null where it has none. */
  readonly planes: readonly Plane[] | null;
  /** How far from a plane, in millimetres, a point still belongs to it. */
  readonly tolerance: number;
  readonly #source: SourceImage;

  constructor(source: SourceImage) {
    this.#source = source;
    this.planes = planesOf(source);
    this.tolerance = this.planes === null ? 0 : reach(this.planes, source.frames[0]?.sliceThickness);
  }

  /**
   * The frame that one of these references names (Source Image Sequence, Contour Image Sequence): -1 if they name others
   * only, undefined if there are none.
   */
  byReference(references: readonly DataSet[]): number | undefined {
    const frames = references.map((reference) => {
      const uid = reference.string('ReferencedSOPInstanceUID');
      const numbers = reference.numbers('ReferencedFrameNumber');
      return this.#source.frames.findIndex(
        ({ sopInstanceUid, frameNumber }) =>
          sopInstanceUid === uid &&
          (!this.#source.multiFrame || numbers.length === 0 || numbers.includes(frameNumber)),
      );
    });
    return frames.length === 0 ? undefined : (frames.find((frame) => frame >= 0) ?? -1);
  }

  /** The frame in whose plane a point lies; -1 for none. */
  byPosition(point: Vector): number {
    if (this.planes === null) return -1;
    let best = -1;
    let nearest = this.tolerance;
    this.planes.forEach((plane, i) => {
      const distance = Math.abs(toGrid(plane, point).distance);
      if (distance > nearest) return;
      [best, nearest] = [i, distance];
    });
    return best;
  }
}

/** Half of the way to the next plane; of a lone one, whose neighbours are not known, a quarter of its thickness. */
function reach(planes: readonly Plane[], thickness: number | undefined): number {
  const normal = normalOf(planes[0] as Plane);
  const places = [...new Set(planes.map(({ position }) => dot(position, normal)))].sort((a, b) => a - b);
  const steps = places.slice(1).map((place, i) => place - (places[i] as number));
  return steps.length > 0 ? Math.min(...steps) / 2 : (thickness ?? 1) / 4;
}
