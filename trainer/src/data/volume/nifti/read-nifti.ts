import { gunzipSync, constants as zlib } from 'node:zlib';
import { isNIFTI, isNIFTI1, type NIFTI1, type NIFTI2, readHeader } from 'nifti-reader-js';
import { type AxialGrid, axialGrid } from '../axial-grid.ts';
import { MOST_VOXELS } from '../limits.ts';
import { niftiAffine } from './nifti-affine.ts';
import { broken, unsupported } from './nifti-problem.ts';
import { type StoredValues, storedValues, voxelBytes } from './stored-values.ts';

/** A header, and all that follows from it. */
export interface NiftiHeader {
  readonly header: NIFTI1 | NIFTI2;
  /** Where its axial slices are. */
  readonly grid: AxialGrid;
  readonly voxels: number;
}

export interface NiftiVolume extends NiftiHeader {
  /** Voxels as they are stored, the first axis fastest. */
  readonly values: StoredValues;
  /** Value = slope · stored + intercept. */
  readonly slope: number;
  readonly intercept: number;
}

/** Bytes of a file, packed or not, that hold its header; they unpack to at most a thousand times as many. */
const HEAD = 4096;
const MOST_OF_HEAD = 8 << 20;
/** Bytes of the headers of NIfTI-1 and NIfTI-2. Extensions come after, and say nothing of the voxels. */
const HEADERS = [348, 540] as const;
/** Most bytes of header and extensions. */
const MOST_BEFORE = 1 << 26;
/** What may follow the last voxel. */
const SLACK = 1 << 20;

/** Reads no more than a file's header. @throws InputError `broken-nifti` or `unsupported-nifti` */
export function readNiftiHeader(bytes: Uint8Array, name: string): NiftiHeader {
  const start = bytes.subarray(0, HEAD);
  return parseHeader(isGzip(bytes) ? unzip(start, name, MOST_OF_HEAD, true) : start, name);
}

/**
 * Reads a NIfTI-1 or NIfTI-2 volume in one file, packed by gzip or not. What its header announces is checked before
 * anything is unpacked, and no more than that is.
 *
 * @param name the file, for errors
 * @throws InputError `broken-nifti` for a file that is cut off or no NIfTI; `unsupported-nifti` for other than one
 * volume of numbers, or more than {@link MOST_VOXELS} of them
 */
export function readNifti(bytes: Uint8Array, name: string): NiftiVolume {
  const head = readNiftiHeader(bytes, name);
  const { header, voxels } = head;
  const from = Math.round(header.vox_offset);
  const end = from + voxels * voxelBytes(header.datatypeCode, name);
  const file = isGzip(bytes) ? unzip(bytes, name, end + SLACK, false) : bytes;
  if (file.length < end)
    throw broken(name, `is cut off: it has ${file.length} bytes, its header needs ${end}`);
  const scaled = Number.isFinite(header.scl_slope) && header.scl_slope !== 0;
  return {
    ...head,
    values: storedValues(file.subarray(from, end), header.datatypeCode, header.littleEndian, name),
    slope: scaled ? header.scl_slope : 1,
    intercept: scaled && Number.isFinite(header.scl_inter) ? header.scl_inter : 0,
  };
}

const copyOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** @param partial take what can be unpacked, as of the beginning of a file */
function unzip(bytes: Uint8Array, name: string, limit: number, partial: boolean): Uint8Array {
  try {
    return gunzipSync(bytes, {
      maxOutputLength: limit,
      ...(partial && { finishFlush: zlib.Z_SYNC_FLUSH }),
    });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw broken(name, `unpacks to more than its header announces (${limit - SLACK} bytes)`, cause);
    }
    throw broken(name, code === 'Z_BUF_ERROR' ? 'is cut off' : 'cannot be unpacked', cause);
  }
}

function parseHeader(head: Uint8Array, name: string): NiftiHeader {
  const size = isNIFTI1(copyOf(head)) ? HEADERS[0] : HEADERS[1];
  const buffer = copyOf(head.subarray(0, size));
  if (head.length < size || !isNIFTI(buffer)) {
    throw broken(name, 'is no NIfTI volume in one file (.nii or .nii.gz)');
  }
  let header: NIFTI1 | NIFTI2;
  let sform: number[][] | undefined;
  try {
    header = readHeader(buffer);
    sform = header.sform_code > 0 ? sformOf(buffer, header) : undefined;
  } catch (cause) {
    throw broken(name, 'has a header that cannot be read', cause);
  }
  const [count = 0, ...sizes] = header.dims;
  const extra = sizes.slice(3, count).filter((size) => size > 1);
  if (count < 2 || count > 7 || extra.length > 0) {
    throw unsupported(
      name,
      `has ${count} dimensions (${sizes.slice(0, Math.max(0, count)).join(' × ')}), not one volume`,
      'Save each sequence and each mask as a volume of three dimensions',
    );
  }
  const dims = [0, 1, 2].map((axis) => (axis < count ? (sizes[axis] as number) : 1));
  const voxels = dims.reduce((a, b) => a * b, 1);
  if (dims.some((size) => size < 1) || voxels > MOST_VOXELS) {
    const problem = `announces ${dims.join(' × ')} voxels; the limit is ${MOST_VOXELS} in all`;
    throw unsupported(name, problem, 'Crop it, or resample it to fewer voxels');
  }
  if (!(header.vox_offset >= size && header.vox_offset <= MOST_BEFORE)) {
    throw broken(name, `says that its voxels begin at byte ${header.vox_offset}`);
  }
  voxelBytes(header.datatypeCode, name);
  const grid = axialGrid(niftiAffine(header, sform), dims as [number, number, number]);
  if (grid === null) throw broken(name, 'has an affine (qform or sform) that is not invertible');
  return { header, grid, voxels };
}

/** The library takes the qform where its code is larger; without one, it reads the sform. */
function sformOf(buffer: ArrayBuffer, { littleEndian, dims }: NIFTI1 | NIFTI2): number[][] {
  const copy = buffer.slice(0);
  const view = new DataView(copy);
  const isFirst = view.getInt32(0, littleEndian) === 348;
  if (isFirst) view.setInt16(252, 0, littleEndian);
  else view.setInt32(344, 0, littleEndian);
  const { affine } = readHeader(copy);
  if (affine.flat().every(Number.isFinite)) return affine;
  throw new RangeError(`the sform of ${dims.length} dimensions is not finite`);
}
