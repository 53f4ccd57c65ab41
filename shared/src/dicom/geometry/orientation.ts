import type { Turn } from '../../mask/turn.ts';
import { UPRIGHT } from '../../mask/turn.ts';
import type { DataSet } from '../dataset.ts';
import { malformed } from '../dicom-problem.ts';
import { tagOf } from '../dictionary.ts';
import { type FrameAttributes, holderOf } from '../functional-groups.ts';
import { unusable } from '../pixels/pixel-layout.ts';
import type { SlicePlane } from './slice-plane.ts';

/** Axes of the patient, x to the left, y to posterior, z to the head (PS3.3 C.7.6.2.1.1), as signed unit steps. */
interface View {
  readonly right: readonly [axis: number, sign: 1 | -1];
  readonly down: readonly [axis: number, sign: 1 | -1];
}

const VIEWS: Readonly<Record<SlicePlane, View>> = {
  axial: { right: [0, 1], down: [1, 1] },
  coronal: { right: [0, 1], down: [2, -1] },
  sagittal: { right: [1, 1], down: [2, -1] },
};

/** Row and column cosines need not be exact: archives round them. */
const TOLERANCE = 0.01;

/**
 * The direction cosines of a frame's rows and columns, 6 numbers (PS3.3 C.7.6.2.1.1, C.7.6.16.2.4); undefined where the
 * image does not say.
 *
 * @throws InputError `malformed-dicom` where they are no directions at a right angle
 */
export function orientationOf(frame: FrameAttributes): readonly number[] | undefined {
  const holder = holderOf(frame, 'PlaneOrientationSequence', 'ImageOrientationPatient');
  const cosines = holder.numbers('ImageOrientationPatient');
  if (cosines.length === 0) return undefined;
  const row = cosines.slice(0, 3);
  const column = cosines.slice(3);
  const isUnit = (v: readonly number[]) => Math.abs(Math.hypot(...v) - 1) < TOLERANCE;
  const product = row.reduce((sum, cosine, i) => sum + cosine * (column[i] ?? 0), 0);
  if (cosines.length === 6 && isUnit(row) && isUnit(column) && Math.abs(product) < TOLERANCE) return cosines;
  const tag = tagOf('ImageOrientationPatient');
  throw malformed(frame.dataSet.encoding.name, tag, 'is no pair of unit vectors at a right angle');
}

/**
 * How a slice has to be turned to lie as a model knows it. An oblique slice counts as the plane it is nearest to.
 *
 * @param cosines of rows and columns; see {@link orientationOf}
 * @throws InputError `unusable-dicom` for a slice of another plane, or of none
 */
export function turnTo(
  plane: SlicePlane | null,
  cosines: readonly number[] | undefined,
  { encoding }: DataSet,
): Turn {
  if (plane === null) return UPRIGHT;
  const remedy = `Send an ${plane} slice`.replace(/an (?=[cs])/, 'a ');
  const refuse = (problem: string) => unusable(encoding.name, 'ImageOrientationPatient', problem, remedy);
  if (cosines === undefined) throw refuse(`is absent, and the release reads ${plane} slices only`);
  const { right, down } = VIEWS[plane];
  const alongRow = cosines.slice(0, 3);
  const downColumn = cosines.slice(3);
  const rowAxis = dominant(alongRow);
  const columnAxis = dominant(downColumn);
  const transpose = rowAxis === down[0] && columnAxis === right[0];
  if (!transpose && !(rowAxis === right[0] && columnAxis === down[0])) {
    throw refuse(`is not that of a slice nearest to ${plane}`);
  }
  const [horizontal, vertical] = transpose ? [downColumn, alongRow] : [alongRow, downColumn];
  return {
    transpose,
    flipColumns: (horizontal[right[0]] as number) * right[1] < 0,
    flipRows: (vertical[down[0]] as number) * down[1] < 0,
  };
}

function dominant(vector: readonly number[]): number {
  const sizes = vector.map(Math.abs);
  return sizes.indexOf(Math.max(...sizes));
}
