import { unsupported } from './nifti-problem.ts';

/** Voxels as numbers, in the machine's byte order. */
export type StoredValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

interface Kind {
  readonly bytes: number;
  readonly array: new (buffer: ArrayBuffer) => StoredValues | BigInt64Array | BigUint64Array;
}

/** By NIfTI's datatype codes (nifti1.h): real numbers of up to 64 bits. */
const KINDS: Readonly<Record<number, Kind>> = {
  2: { bytes: 1, array: Uint8Array },
  4: { bytes: 2, array: Int16Array },
  8: { bytes: 4, array: Int32Array },
  16: { bytes: 4, array: Float32Array },
  64: { bytes: 8, array: Float64Array },
  256: { bytes: 1, array: Int8Array },
  512: { bytes: 2, array: Uint16Array },
  768: { bytes: 4, array: Uint32Array },
  1024: { bytes: 8, array: BigInt64Array },
  1280: { bytes: 8, array: BigUint64Array },
};

const OTHERS: Readonly<Record<number, string>> = {
  1: 'single bits',
  32: 'complex numbers',
  128: 'colours',
  1536: 'numbers of 128 bits',
  1792: 'complex numbers',
  2048: 'complex numbers',
  2304: 'colours',
};

/** Bytes of a voxel. @throws InputError `unsupported-nifti` for anything but real numbers */
export function voxelBytes(code: number, name: string): number {
  return kindOf(code, name).bytes;
}

function kindOf(code: number, name: string): Kind {
  const kind = KINDS[code];
  if (kind !== undefined) return kind;
  throw unsupported(
    name,
    `has voxels of datatype ${code} (${OTHERS[code] ?? 'unknown'})`,
    'Save it as whole numbers of 8 or 16 bits, or as float32',
  );
}

/** @param bytes exactly the voxels */
export function storedValues(
  bytes: Uint8Array,
  code: number,
  littleEndian: boolean,
  name: string,
): StoredValues {
  const kind = kindOf(code, name);
  const copy = new Uint8Array(bytes); // at an address of its own: arrays of wider numbers need it
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (littleEndian !== isLittle) swap(Buffer.from(copy.buffer), kind.bytes);
  const values = new kind.array(copy.buffer);
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    return Float64Array.from(values, Number);
  }
  return values;
}

function swap(bytes: Buffer, size: number): void {
  if (size === 2) bytes.swap16();
  if (size === 4) bytes.swap32();
  if (size === 8) bytes.swap64();
}
