import { malformed } from '../dicom-problem.ts';
import { tagOf } from '../dictionary.ts';
import { type FrameAttributes, holderOf } from '../functional-groups.ts';
import { lookUp, readLookupTable } from './lookup-table.ts';

/** From values of the modality to grey levels 0 to 255 (VOI LUT, PS3.3 C.11.2). */
export type VoiTransform = (value: number) => number;

/** Values from centre − width/2 to centre + width/2, linearly: the function LINEAR_EXACT (C.11.2.1.3.2). */
export function windowExactly(center: number, width: number): VoiTransform {
  return (value) => 255 * clamp((value - center) / width + 0.5);
}

/** C.11.2.1.2.1: with its half a value to the left, and a width of 1 a threshold. */
function windowLinear(center: number, width: number): VoiTransform {
  return (value) => {
    if (value <= center - 0.5 - (width - 1) / 2) return 0;
    if (value > center - 0.5 + (width - 1) / 2) return 255;
    return 255 * ((value - (center - 0.5)) / (width - 1) + 0.5);
  };
}

/** C.11.2.1.3.1. */
function sigmoid(center: number, width: number): VoiTransform {
  return (value) => 255 / (1 + Math.exp((-4 * (value - center)) / width));
}

/**
 * The transform that the object recommends for a frame: its first VOI LUT, or its first window; undefined where it has
 * neither.
 *
 * @param signed whether values of the modality may be negative
 * @throws InputError `malformed-dicom`
 */
export function voiTransform(frame: FrameAttributes, signed: boolean): VoiTransform | undefined {
  const { dataSet } = frame;
  const { name } = dataSet.encoding;
  const [sequence] = dataSet.items('VOILUTSequence');
  if (sequence !== undefined) {
    const table = readLookupTable(sequence, { descriptor: 'LUTDescriptor', data: 'LUTData' }, signed);
    const most = 2 ** table.bits - 1;
    return (value) => (255 * lookUp(table, value)) / most;
  }
  const holder = holderOf(frame, 'FrameVOILUTSequence', 'WindowCenter');
  const center = holder.number('WindowCenter');
  const width = holder.number('WindowWidth');
  if (center === undefined || width === undefined) return undefined;
  const kind = holder.string('VOILUTFunction') ?? 'LINEAR';
  const least = kind === 'LINEAR' ? 1 : Number.MIN_VALUE;
  if (width < least) throw malformed(name, tagOf('WindowWidth'), 'is narrower than its function allows');
  if (kind === 'LINEAR_EXACT') return windowExactly(center, width);
  return kind === 'SIGMOID' ? sigmoid(center, width) : windowLinear(center, width);
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
