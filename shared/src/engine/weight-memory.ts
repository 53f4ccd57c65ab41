import { type Int8Values, widenInt8 } from '../release/quantize.ts';
import {
  type Filters,
  type Joined,
  type Method,
  type PlainWeight,
  type PlainWeights,
  padKernel,
  preparedBytes,
  prepareFilters,
} from './filters.ts';
import { asInt8 } from './int8-filters.ts';
import { type Kernels, padded } from './kernels.ts';

const LINE = 64;
/** Bytes in which a memory grows. */
export const PAGE = 65536;
/** Room that preparing filters works in. */
const PREPARING_BYTES = 1024;

/** Grows a memory to hold so many bytes. */
export function ensureBytes(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(wholePages(missing) / PAGE);
}

/** Bytes rounded up to what a memory can have. */
export function wholePages(bytes: number): number {
  return Math.ceil(bytes / PAGE) * PAGE;
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

  /** The numbers of the weight of that name. */
  values(name: string): Float32Array {
    const weight = this.#weight(name);
    return 'int8' in weight ? widenInt8(weight.int8) : weight.data;
  }

  #weight(name: string): PlainWeight {
    const weight = this.#weights.get(name);
    if (weight === undefined) throw new Error(`No weight is named ${name}`);
    return weight;
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
    const kernels = names.map((name) => this.#kernel(`${name}/kernel`, joined, outputs));
    const stored = prepared
      ? { ...this.#prepare(kernels, { method, depth, n }), scales: 0 }
      : this.#keep(kernels, n);
    return { depth, n, method, prepared, bias, biasStride, ...stored };
  }

  /** A kernel as it is stored, with channels padded to whole vectors. */
  #kernel(name: string, joined: Joined, outputs: number): Float32Array | Int8Values {
    const weight = this.#weight(name);
    if ('data' in weight) return padKernel(weight.data, joined, outputs);
    const { values, scales } = weight.int8;
    return { values: padKernel(values, joined, outputs), scales: padKernel(scales, [1], outputs) };
  }

  /** Prepares filters, once. */
  #prepare(kernels: readonly (Float32Array | Int8Values)[], shape: Pick<Filters, 'method' | 'depth' | 'n'>) {
    const stride = preparedBytes(shape.method, shape.depth, shape.n);
    const address = this.reserve(stride * kernels.length);
    for (const [i, kernel] of kernels.entries()) {
      const plain = this.#top; // beyond what is reserved: overwritten by whatever is reserved next
      let [scales, scratch] = [0, plain];
      if (kernel instanceof Float32Array) {
        scratch += 4 * kernel.length;
        this.write(plain, kernel);
      } else {
        scales = plain + Math.ceil(kernel.values.length / LINE) * LINE;
        scratch = scales + 4 * kernel.scales.length;
        this.#writeIntegers(plain, kernel.values);
        this.write(scales, kernel.scales);
      }
      ensureBytes(this.#memory, scratch + PREPARING_BYTES);
      prepareFilters(this.kernels, { ...shape, scales }, plain, address + i * stride, scratch);
    }
    return { address, stride };
  }

  /** Keeps filters as they are, to be prepared at each use: as 8-bit integers where they are such. */
  #keep(kernels: readonly (Float32Array | Int8Values)[], n: number) {
    const small = kernels.flatMap((kernel) => {
      const found = kernel instanceof Float32Array ? asInt8(kernel, n) : kernel;
      return found === undefined ? [] : [found];
    });
    const exact = small.length === kernels.length;
    const stride = exact
      ? (small[0]?.values.length ?? 0)
      : 4 * (kernels[0] === undefined ? 0 : numbersOf(kernels[0]).length);
    const address = this.reserve(stride * kernels.length);
    const scales = exact ? this.reserve(4 * n * kernels.length) : 0;
    for (const [i, { values, scales: own }] of (exact ? small : []).entries()) {
      this.#writeIntegers(address + i * stride, values);
      this.write(scales + 4 * n * i, own);
    }
    if (!exact)
      for (const [i, kernel] of kernels.entries()) this.write(address + i * stride, numbersOf(kernel));
    return { address, stride, scales };
  }

  #writeIntegers(address: number, values: Int8Array): void {
    ensureBytes(this.#memory, address + values.length);
    new Int8Array(this.#memory.buffer, address, values.length).set(values);
  }
}

function numbersOf(kernel: Float32Array | Int8Values): Float32Array {
  return kernel instanceof Float32Array ? kernel : widenInt8(kernel);
}
