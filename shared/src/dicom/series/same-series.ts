import { InputError } from '../../errors.ts';
import type { Keyword } from '../dictionary.ts';
import { tagName, tagOf } from '../dictionary.ts';
import type { Instance, Slice } from './slice.ts';

/** Direction cosines of one series may differ by rounding. */
const COSINE_TOLERANCE = 1e-3;
/** Relative. */
const SPACING_TOLERANCE = 1e-3;

/** The error for objects that are each an image, but not slices of one volume. */
export function notOneVolume(code: string, keyword: Keyword, problem: string, remedy: string): InputError {
  return new InputError({ code, input: `series, ${tagName(tagOf(keyword))}`, problem, remedy });
}

const REMEDY = 'Send the slices of one series, without localisers and reformatted images';

/**
 * Checks that all slices are of one series, one size and one orientation, so that they stack to one volume.
 *
 * @throws InputError `mixed-series`, which names the attribute that differs
 */
export function checkSameSeries(instances: readonly Instance[], slices: readonly Slice[]): void {
  const [first] = instances;
  if (first === undefined) return;
  const mixed = (keyword: Keyword) =>
    notOneVolume('mixed-series', keyword, 'differs among the images', REMEDY);
  const same = (value: (instance: Instance) => unknown) =>
    instances.every((instance) => value(instance) === value(first));
  if (!same(({ source }) => source.studyInstanceUid)) throw mixed('StudyInstanceUID');
  if (!same(({ source }) => source.seriesInstanceUid)) throw mixed('SeriesInstanceUID');
  if (!same(({ source }) => source.modality)) throw mixed('Modality');
  if (!same(({ source }) => source.frameOfReferenceUid)) throw mixed('FrameOfReferenceUID');
  if (!same(({ source }) => source.rows)) throw mixed('Rows');
  if (!same(({ source }) => source.columns)) throw mixed('Columns');
  const [{ frame } = { frame: undefined }] = slices;
  for (const other of slices) {
    if (!near(frame?.imageOrientationPatient, other.frame.imageOrientationPatient, () => COSINE_TOLERANCE)) {
      throw mixed('ImageOrientationPatient');
    }
    if (!near(frame?.pixelSpacing, other.frame.pixelSpacing, (value) => SPACING_TOLERANCE * value)) {
      throw mixed('PixelSpacing');
    }
  }
}

function near(
  a: readonly number[] | undefined,
  b: readonly number[] | undefined,
  tolerance: (value: number) => number,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.length === b.length && a.every((value, i) => Math.abs(value - (b[i] as number)) <= tolerance(value))
  );
}
