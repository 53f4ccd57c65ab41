import {
  type Filters,
  type Joined,
  type Method,
  type PlainWeights,
  padKernel,
  preparedBytes,
  prepareFilters,
} from './filters.ts';
import { asInt8 } from './int8-filters.ts';
import { type Kernels, padded } from './kernels.ts';

const LINE = 64;
const PAGE = 65536;
/** Room that preparing filters works in. */
const PREPARING_BYTES = 1024;

/** Grows a memory to hold so many bytes. */
export function ensureBytes(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}

/** The weights in the engine's memory: put one after the other, once, in the form in which the kernels read them. */
export class WeightMemory {
  readonly kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  readonly #weights: PlainWeights;
  #top: number;

  /** @param start first free address */
  constructor(kernels: Kernels, memory: WebAssembly.Memory, weights: PlainWeights, start: number) {
    this.kernels = kernels;
    this.#memory = memory;
    this.#weights = weights;
    this.#top = start;
  }

  /** First address after the weights. */
  get end(): number {
    return this.#top;
  }

  /** Takes so many bytes, of zeros. */
  reserve(bytes: number): number {
    const address = this.#top;
    this.#top = Math.ceil((address + bytes) / LINE) * LINE;
    ensureBytes(this.#memory, this.#top);
    return address;
  }

  write(address: number, values: ArrayLike<number>): void {
    ensureBytes(this.#memory, address + 4 * values.length);
    new Float32Array(this.#memory.buffer, address, values.length).set(values);
  }

  /** The values of the weight of that name. */
  values(name: string): Float32Array {
    const weight = this.#weights.get(name);
    if (weight === undefined) throw new Error(`No weight is named ${name}`);
    return weight.data;
  }

  /** A bias with its padding. */
  bias(name: string): Float32Array {
    const values = this.values(`${name}/bias`);
    const out = new Float32Array(padded(values.length));
    out.set(values);
    return out;
  }

  /** A matrix [k, n], packed for the kernels, at a reserved address. */
  packMatrix(to: number, matrix: Float32Array, k: number, n: number): void {
    const plain = this.#top; // beyond what is reserved: overwritten by whatever is reserved next
    this.write(plain, matrix);
    this.kernels.prepareDense(plain, k, n, to);
  }

  /** Filters of a 3×3 convolution for each of some names, at equal distances. */
  filters(
    names: readonly string[],
    joined: Joined,
    outputs: number,
    { method, prepared }: { method: Method; prepared: boolean },
  ): Filters & { stride: number; biasStride: number } {
    const depth = joined.reduce((sum, channels) => sum + padded(channels), 0);
    const n = padded(outputs);
    const biasStride = 4 * n;
    const bias = this.reserve(biasStride * names.length);
    for (const [i, name] of names.entries()) this.write(bias + i * biasStride, this.bias(name));
    const kernels = () => names.map((name) => padKernel(this.values(`${name}/kernel`), joined, outputs));
    const stored = prepared
      ? { ...this.#prepare(kernels(), { method, depth, n, scales: 0 }), scales: 0 }
      : this.#keep(kernels(), n);
    return { depth, n, method, prepared, bias, biasStride, ...stored };
  }

  /** Prepares filters, once. */
  #prepare(kernels: readonly Float32Array[], shape: Pick<Filters, 'method' | 'depth' | 'n' | 'scales'>) {
    const stride = preparedBytes(shape.method, shape.depth, shape.n);
    const address = this.reserve(stride * kernels.length);
    for (const [i, kernel] of kernels.entries()) {
      const plain = this.#top; // beyond what is reserved: overwritten by whatever is reserved next
      const scratch = plain + 4 * kernel.length;
      this.write(plain, kernel);
      ensureBytes(this.#memory, scratch + PREPARING_BYTES);
      prepareFilters(this.kernels, shape, plain, address + i * stride, scratch);
    }
    return { address, stride };
  }

  /** Keeps filters as they are, to be prepared at each use: as 8-bit integers where they are such. */
  #keep(kernels: readonly Float32Array[], n: number) {
    const small = kernels.map((kernel) => asInt8(kernel, n)).filter((found) => found !== undefined);
    const exact = small.length === kernels.length;
    const stride = (exact ? 1 : 4) * (kernels[0]?.length ?? 0);
    const address = this.reserve(stride * kernels.length);
    const scales = exact ? this.reserve(4 * n * kernels.length) : 0;
    for (const [i, { values, scales: own }] of (exact ? small : []).entries()) {
      new Int8Array(this.#memory.buffer, address + i * stride, stride).set(values);
      this.write(scales + 4 * n * i, own);
    }
    if (!exact) for (const [i, kernel] of kernels.entries()) this.write(address + i * stride, kernel);
    return { address, stride, scales };
  }
}
