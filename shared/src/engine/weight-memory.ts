import {
  type Filters,
  type Joined,
  type Method,
  type PlainWeights,
  padKernel,
  preparedBytes,
  prepareFilters,
} from './filters.ts';
import { type Kernels, padded } from './kernels.ts';

const LINE = 64;
const PAGE = 65536;

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
    const stride = prepared ? preparedBytes(method, depth, n) : 4 * 9 * depth * n;
    const address = this.reserve(stride * names.length);
    const bias = this.reserve(4 * n * names.length);
    for (const [i, name] of names.entries()) {
      const kernel = padKernel(this.values(`${name}/kernel`), joined, outputs);
      const to = address + i * stride;
      this.write(bias + 4 * n * i, this.bias(name));
      if (!prepared) {
        this.write(to, kernel);
        continue;
      }
      const plain = this.#top;
      this.write(plain, kernel);
      ensureBytes(this.#memory, plain + 4 * kernel.length + 1024);
      prepareFilters(this.kernels, { method, depth, n }, plain, to, plain + 4 * kernel.length);
    }
    return { depth, n, method, prepared, address, bias, stride, biasStride: 4 * n };
  }
}
