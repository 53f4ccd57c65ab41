import { InputError } from '../errors.ts';
import type { Image8or16 } from '../image/image8or16.ts';
import type { Turn } from '../mask/turn.ts';
import type { DataSet } from './dataset.ts';
import { frameAttributes } from './functional-groups.ts';
import { orientationOf, turnTo } from './geometry/orientation.ts';
import { type PixelSize, pixelSize } from './geometry/pixel-spacing.ts';
import type { SlicePlane } from './geometry/slice-plane.ts';
import { decodeFrame } from './pixels/decode-frame.ts';
import { type PixelLayout, type PixelLimits, readPixelLayout, unusable } from './pixels/pixel-layout.ts';
import type { WasmDecoders } from './pixels/wasm-decoders.ts';
import { type DicomFile, type ReadOptions, readFile } from './read-file.ts';
import { readSource } from './read-source.ts';
import type { SourceImage } from './source-image.ts';
import { displayPicture } from './values/display-picture.ts';
import { type ExpectedValues, frameValues } from './values/frame-values.ts';

/** What a release expects of an image: the part of a manifest's `input` that matters here. */
export interface ExpectedImage {
  readonly modality: string | null;
  readonly units?: ExpectedValues['units'] | undefined;
  readonly window?: ExpectedValues['window'] | undefined;
  readonly plane?: SlicePlane | null | undefined;
}

/** What may be thought of an image that is read all the same. */
export type ImageWarning =
  /** Burned In Annotation is YES: pixels may name the patient (PS3.15 E.1.1). */
  | 'burned-in-annotation'
  /** Sizes are those at the detector; in the patient they are smaller. */
  | 'spacing-at-detector';

/** A frame as a model reads it, with all that is needed to bring an answer back to it. */
export interface DicomImage {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** [height, width, channels], in the units of the release, not yet standardised. */
  readonly data: Float32Array;
  readonly pixels: PixelSize;
  /** How the frame has to be turned for the model. */
  readonly turn: Turn;
  readonly dataSet: DataSet;
  /** With this frame only. */
  readonly source: SourceImage;
  readonly warnings: readonly ImageWarning[];
  /** The frame as a reader sees it. */
  picture(): Image8or16;
}

export interface ImageLimits extends PixelLimits {
  readonly maxInflatedBytes: number;
  /** Fewest pixels a side. */
  readonly minSide: number;
}

/** An object that was read as far as its header. */
export interface DicomObject extends DicomFile {
  readonly layout: PixelLayout;
}

/** Reads an object and checks that it is an image within the limits; its pixels stay as they are. @throws InputError */
export function readObject(bytes: Uint8Array, name: string, limits: ImageLimits): DicomObject {
  const options: ReadOptions = { name, maxInflatedBytes: limits.maxInflatedBytes };
  const file = readFile(bytes, options);
  const layout = readPixelLayout(file.dataSet, limits);
  if (Math.min(layout.rows, layout.columns) < limits.minSide) {
    const problem = `and Columns give ${layout.columns} × ${layout.rows} pixels, less than ${limits.minSide} a side`;
    throw unusable(name, 'Rows', problem, 'Send the whole image');
  }
  return { ...file, layout };
}

/**
 * A frame of an object as a release reads it.
 *
 * @param number of the frame, 1-based
 * @throws InputError `no-such-frame`; `unusable-dicom` for an image that the release does not read; `malformed-dicom`
 */
export async function readImage(
  { dataSet, transferSyntax, layout }: DicomObject,
  number: number,
  expected: ExpectedImage,
  decoders: WasmDecoders,
): Promise<DicomImage> {
  const frame = checkedFrame(number, layout.frames);
  checkModality(dataSet, expected.modality);
  const attributes = frameAttributes(dataSet, frame, layout.frames);
  const turn = turnTo(expected.plane ?? null, orientationOf(attributes), dataSet);
  const pixels = pixelSize(attributes);
  const source = readSource(dataSet, [frame], layout.frames);
  const cells = await decodeFrame(dataSet, transferSyntax, layout, frame, decoders);
  const values = { units: expected.units ?? null, window: expected.window ?? null };
  return {
    height: layout.rows,
    width: layout.columns,
    ...frameValues(cells, layout, dataSet, frame, values),
    pixels,
    turn,
    dataSet,
    source,
    warnings: warningsOf(dataSet, pixels),
    picture: () => displayPicture(cells, layout, dataSet, frame),
  };
}

function checkedFrame(number: number, frames: number): number {
  if (number <= frames) return number - 1;
  const problem = `is ${number}, and the image has ${frames === 1 ? 'one frame' : `${frames} frames`}`;
  throw new InputError({ code: 'no-such-frame', input: 'frame', problem, remedy: 'Count from 1' });
}

function checkModality(dataSet: DataSet, expected: string | null): void {
  if (expected === null || dataSet.string('Modality') === expected) return;
  const problem = `is not ${expected}, the only one that the release reads`;
  throw unusable(dataSet.encoding.name, 'Modality', problem, `Send a ${expected} image`);
}

function warningsOf(dataSet: DataSet, { atDetector }: PixelSize): ImageWarning[] {
  const burnedIn = dataSet.string('BurnedInAnnotation') === 'YES';
  return [
    ...(burnedIn ? (['burned-in-annotation'] as const) : []),
    ...(atDetector ? (['spacing-at-detector'] as const) : []),
  ];
}
