/** What WebAssembly has of SIMD: multiply-add that may be fused ("relaxed"), vectors at all, or neither. */
export type Simd = 'relaxed' | 'base' | 'none';

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** One function, () → v128. */
const DECLARATIONS = [1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0];
/** `i8x16.splat (i32.const 0)` */
const VECTOR = [0x41, 0, 0xfd, 0x0f];
const RELAXED_MADD = [0xfd, 0x85, 0x02];

/** A module of one function with this body. */
function moduleOf(instructions: readonly number[]): Uint8Array<ArrayBuffer> {
  const body = [0, ...instructions, 0x0b];
  return Uint8Array.from([...HEADER, ...DECLARATIONS, 0x0a, body.length + 2, 1, body.length, ...body]);
}

/** What this runtime has: it is asked whether tiny modules are valid, which takes microseconds and compiles nothing. */
export function simdSupport(validate: typeof WebAssembly.validate = WebAssembly.validate): Simd {
  if (validate(moduleOf([...VECTOR, ...VECTOR, ...VECTOR, ...RELAXED_MADD]))) return 'relaxed';
  return validate(moduleOf(VECTOR)) ? 'base' : 'none';
}

/**
 * The build of the kernels for this runtime: in a Worker, of two modules of its bundle; elsewhere, of two names.
 *
 * @returns undefined where there is no SIMD: then TensorFlow.js is what is left
 */
export function chooseBuild<T>(
  { relaxed, base }: { readonly relaxed: T; readonly base: T },
  simd: Simd = simdSupport(),
): T | undefined {
  if (simd === 'none') return undefined;
  return simd === 'relaxed' ? relaxed : base;
}

/**
 * Compiles the build for this runtime, where modules can be compiled from bytes: in Node and in browsers.
 *
 * @param read `readFile` of Node, or a `fetch` that gives the bytes
 * @returns undefined where there is no SIMD
 */
export async function compileBuild(
  read: (file: URL) => Promise<BufferSource>,
  simd: Simd = simdSupport(),
): Promise<WebAssembly.Module | undefined> {
  const file = chooseBuild({ relaxed: 'engine-relaxed.wasm', base: 'engine.wasm' }, simd);
  if (file === undefined) return undefined;
  return WebAssembly.compile(await read(new URL(`../../kernels/build/${file}`, import.meta.url)));
}
