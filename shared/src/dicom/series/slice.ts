import { planeOf } from '../answer/geometry.ts';
import type { DicomObject } from '../read-image.ts';
import { readSource } from '../read-source.ts';
import type { SourceFrame, SourceImage } from '../source-image.ts';

/** A frame of a series. */
export interface Slice {
  readonly object: DicomObject;
  /** Which of the objects that were sent: 0-based. */
  readonly sent: number;
  /** 1-based within its object. */
  readonly number: number;
  readonly frame: SourceFrame;
}

/** An object of a series, and what it says of itself: its source with all frames. */
export interface Instance {
  readonly object: DicomObject;
  /** Which of the objects that were sent: 0-based. */
  readonly sent: number;
  readonly source: SourceImage;
}

/** All frames of all objects, in the order in which they were sent. @throws InputError */
export function slicesOf(instances: readonly Instance[]): Slice[] {
  return instances.flatMap(({ object, source, sent }) =>
    source.frames.map((frame, i) => ({ object, sent, number: i + 1, frame })),
  );
}

/** @param sent its place among those that were sent. @throws InputError */
export function instanceOf(object: DicomObject, sent: number): Instance {
  const { frames } = object.layout;
  const all = Array.from({ length: frames }, (_, i) => i);
  return { object, sent, source: readSource(object.dataSet, all, frames) };
}

/** Whether a slice says where it lies in the patient. */
export function isPlaced({ frame }: Slice): boolean {
  return planeOf({ ...frame, pixelSpacing: frame.pixelSpacing ?? [1, 1] }) !== null;
}
