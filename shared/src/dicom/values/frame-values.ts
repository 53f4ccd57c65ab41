import type { DataSet } from '../dataset.ts';
import { type FrameAttributes, frameAttributes } from '../functional-groups.ts';
import type { FrameCells } from '../pixels/decode-frame.ts';
import { type PixelLayout, unusable } from '../pixels/pixel-layout.ts';
import { colourValues } from './colour.ts';
import { type ModalityTransform, modalityTransform } from './modality-lut.ts';
import { replacePadding } from './padding.ts';
import { storedValues } from './stored-values.ts';
import { voiTransform, windowExactly } from './voi.ts';

/** What a release expects of values; the rest of a manifest's `input` does not matter here. */
export interface ExpectedValues {
  /** Of the modality, as Rescale Type names them: HU. Null where the model takes any. */
  readonly units: string | null;
  /** Grey levels that the model was trained on: values in units, or `image` for the object's own VOI; null for all. */
  readonly window: { readonly center: number; readonly width: number } | 'image' | null;
}

/** Values of a frame as a model reads them: [rows, columns, channels]. */
export interface FrameValues {
  readonly channels: 1 | 3;
  readonly data: Float32Array;
}

/**
 * From the cells of a frame to what a model reads, step by step as the standard has the pipeline (PS3.3 C.11, PS3.4 N.2):
 *
 * 1. stored values: high bit, bits stored, sign (PS3.5 8.1.1), colour: planes, palette, YBR (PS3.3 C.7.6.3.1)
 * 2. pixel padding becomes background (C.7.5.1.1.2)
 * 3. modality LUT or rescale, per frame (C.11.1, C.7.6.16.2.9); units are checked
 * 4. VOI, only where the release asks for it (C.11.2)
 * 5. MONOCHROME1 is turned round (C.7.6.3.1.2), except for values in units, which mean the same either way
 *
 * @param frame 0-based
 * @throws InputError `unusable-dicom` for values that the release does not read, `malformed-dicom`
 */
export function frameValues(
  cells: FrameCells,
  layout: PixelLayout,
  dataSet: DataSet,
  frame: number,
  expected: ExpectedValues,
): FrameValues {
  if (layout.samples === 3 || layout.photometric === 'PALETTE COLOR') {
    if (expected.units !== null) {
      const problem = `is a colour space, where the release reads values in ${expected.units}`;
      throw unusable(
        dataSet.encoding.name,
        'PhotometricInterpretation',
        problem,
        'Send an image in grey levels',
      );
    }
    return { channels: 3, data: colourValues(cells, layout, dataSet) };
  }
  const attributes = frameAttributes(dataSet, frame, layout.frames);
  const { values, transform } = modalityValues(cells, layout, attributes);
  if (expected.units !== null) checkUnits(transform, attributes, expected.units);
  const voi = voiOf(expected.window, attributes, transform);
  if (voi !== undefined) for (let i = 0; i < values.length; i++) values[i] = voi(values[i] as number);
  if (layout.photometric === 'MONOCHROME1' && expected.units === null) invert(values);
  return { channels: 1, data: values };
}

/** Steps 1 to 3 for grey levels. */
export function modalityValues(
  { cells }: FrameCells,
  layout: PixelLayout,
  attributes: FrameAttributes,
): { values: Float32Array; transform: ModalityTransform } {
  const values = storedValues(cells, layout);
  replacePadding(values, attributes.dataSet, layout);
  const transform = modalityTransform(attributes, layout.signed);
  if (!transform.identity) {
    for (let i = 0; i < values.length; i++) values[i] = transform.apply(values[i] as number);
  }
  return { values, transform };
}

/** Hounsfield units need not be named in a CT image: they are the default there (C.8.2.1.1.8). */
function checkUnits(
  { units, identity }: ModalityTransform,
  { dataSet }: FrameAttributes,
  expected: string,
): void {
  const { name } = dataSet.encoding;
  const remedy = `Send an image whose values are in ${expected}`;
  if (identity) {
    throw unusable(
      name,
      'RescaleIntercept',
      `is absent, where the release needs values in ${expected}`,
      remedy,
    );
  }
  const said = units ?? (dataSet.string('Modality') === 'CT' ? 'HU' : undefined);
  if (said === expected) return;
  const problem = said === undefined ? 'is absent' : 'names other units';
  throw unusable(name, 'RescaleType', `${problem}, where the release needs values in ${expected}`, remedy);
}

function voiOf(
  window: ExpectedValues['window'],
  attributes: FrameAttributes,
  { signed }: ModalityTransform,
): ((value: number) => number) | undefined {
  if (window === null) return undefined;
  if (window !== 'image') return windowExactly(window.center, window.width);
  const own = voiTransform(attributes, signed);
  if (own !== undefined) return own;
  const remedy = 'Send an image with a window or a VOI LUT';
  throw unusable(
    attributes.dataSet.encoding.name,
    'WindowCenter',
    'is absent, and the release needs it',
    remedy,
  );
}

function invert(values: Float32Array): void {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  for (let i = 0; i < values.length; i++) values[i] = min + max - (values[i] as number);
}
