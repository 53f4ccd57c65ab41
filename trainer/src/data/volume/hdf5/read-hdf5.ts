import { InputError } from '@d-persona/shared/errors.ts';
import h5wasm from 'h5wasm';
import { MOST_VOXELS } from '../limits.ts';

/** Numbers of a file, by their place in it. */
export interface Hdf5Array {
  readonly shape: readonly number[];
  /** The last axis fastest. */
  readonly values: ArrayLike<number>;
}

let files = 0;

/**
 * Reads the arrays of two or three dimensions in an HDF5 file; axes of one are left out of a higher dimension's count.
 * Sizes are checked before values are unpacked. Links to other files are not followed.
 *
 * @param wanted paths in the file; all if left out
 * @throws InputError `broken-hdf5` for a file that cannot be read, `unsupported-hdf5` for more than
 * {@link MOST_VOXELS} values or numbers of an unknown kind
 */
export async function readHdf5(
  bytes: Uint8Array,
  name: string,
  wanted?: ReadonlySet<string>,
): Promise<Map<string, Hdf5Array>> {
  const module = await h5wasm.ready;
  module.activate_throwing_error_handler(); // what goes wrong is thrown, not printed
  const path = `/file-${++files}.h5`;
  module.FS.writeFile(path, bytes);
  try {
    return readArrays(path, name, wanted);
  } finally {
    module.FS.unlink(path);
  }
}

/** What the library throws of a damaged file may be anything: even a fault of its own memory. */
function readArrays(path: string, name: string, wanted?: ReadonlySet<string>): Map<string, Hdf5Array> {
  let file: InstanceType<typeof h5wasm.File> | undefined;
  try {
    file = new h5wasm.File(path, 'r');
    if (file.file_id < 0n) throw broken(name, 'is no HDF5 file, or is cut off');
    const arrays = new Map<string, Hdf5Array>();
    for (const key of pathsOf(file)) {
      if (wanted !== undefined && !wanted.has(key)) continue;
      const array = readArray(file, key, name);
      if (array !== undefined) arrays.set(key, array);
    }
    return arrays;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw broken(name, file === undefined ? 'is no HDF5 file, or is cut off' : 'is damaged', cause);
  } finally {
    closeQuietly(file);
  }
}

function closeQuietly(file: InstanceType<typeof h5wasm.File> | undefined): void {
  try {
    file?.close();
  } catch {
    // A damaged file may not be closed either; the library keeps no more than its name.
  }
}

/** Groups within groups, to a depth that no dataset has: links may make a circle. */
const DEEPEST = 8;

function pathsOf(group: InstanceType<typeof h5wasm.Group>, folder = '', depth = 0): string[] {
  return group.keys().flatMap((key) => {
    const inner = group.get(key); // of a link to another file, no more than its name
    if (inner instanceof h5wasm.Dataset) return [folder + key];
    return inner instanceof h5wasm.Group && depth < DEEPEST
      ? pathsOf(inner, `${folder}${key}/`, depth + 1)
      : [];
  });
}

function readArray(file: InstanceType<typeof h5wasm.File>, key: string, name: string): Hdf5Array | undefined {
  const dataset = file.get(key);
  if (!(dataset instanceof h5wasm.Dataset)) return undefined;
  const { shape } = dataset;
  if (shape === null || shape.length < 2) return undefined;
  const where = `${name}, ${key}`;
  const full = shape.filter((length) => length !== 1).length;
  const voxels = shape.reduce((a, b) => a * b, 1);
  if (full > 3) {
    const problem = `has ${shape.length} dimensions (${shape.join(' × ')}), not two or three`;
    throw unsupported(where, problem, 'Save each sequence and each mask as an array of its own');
  }
  if (voxels < 1 || voxels > MOST_VOXELS) {
    const problem = `has ${shape.join(' × ')} values; the limit is ${MOST_VOXELS} in all`;
    throw unsupported(where, problem, 'Crop it, or resample it to fewer voxels');
  }
  let values: unknown;
  try {
    values = dataset.value;
  } catch (cause) {
    if (/not supported/i.test(String(cause))) {
      const problem = `has values of a kind that is not read (${dataset.dtype})`;
      throw unsupported(where, problem, 'Save it as whole numbers, float32 or float64');
    }
    throw broken(where, 'cannot be unpacked', cause);
  }
  const numbers = numbersOf(values);
  if (numbers === undefined) return undefined; // text and tables are nobody's voxels
  if (numbers.length !== voxels) throw broken(where, `holds ${numbers.length} of ${voxels} values`);
  return { shape: shape.length > 3 ? shape.filter((length) => length !== 1) : shape, values: numbers };
}

function numbersOf(values: unknown): ArrayLike<number> | undefined {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    return Float64Array.from(values, Number);
  }
  return ArrayBuffer.isView(values) && !(values instanceof DataView) ? (values as Float64Array) : undefined;
}

function broken(input: string, problem: string, cause?: unknown): InputError {
  const remedy = 'Copy or export the file again';
  return new InputError({ code: 'broken-hdf5', input, problem, remedy, cause });
}

function unsupported(input: string, problem: string, remedy: string): InputError {
  return new InputError({ code: 'unsupported-hdf5', input, problem, remedy });
}
