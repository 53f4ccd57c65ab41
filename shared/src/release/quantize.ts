import { decodeFloat16, encodeFloat16 } from './float16.ts';

/** How a release stores its kernels. */
export type Quantization = 'int8' | 'float16' | 'float32';

/**
 * How one tensor is stored: kernels (rank 2 and up) as the release says, biases always as float32, for they are few
 * and their error would not average out.
 */
export function storedType(kind: Quantization, shape: readonly number[]): Quantization {
  return shape.length < 2 ? 'float32' : kind;
}

/** Bytes of a stored tensor. int8 is preceded by one float32 scale for each output channel, the last axis. */
export function storedBytes(type: Quantization, shape: readonly number[]): number {
  const size = shape.reduce((a, b) => a * b, 1);
  if (type === 'int8') return 4 * outputChannels(shape) + size;
  return size * (type === 'float16' ? 2 : 4);
}

/**
 * Writes a tensor, little-endian, into bytes of exactly {@link storedBytes}, aligned to 4.
 * int8 is symmetric for each output channel c: `scale_c = max|w_c| / 127`, `q = round(w / scale_c)` in ±127.
 */
export function storeTensor(
  type: Quantization,
  shape: readonly number[],
  data: Float32Array,
  bytes: Uint8Array,
): void {
  const { buffer, byteOffset } = bytes;
  if (type === 'float32') {
    new Float32Array(buffer, byteOffset, data.length).set(data);
  } else if (type === 'float16') {
    encodeFloat16(data, new Uint16Array(buffer, byteOffset, data.length));
  } else {
    const channels = outputChannels(shape);
    const scales = new Float32Array(buffer, byteOffset, channels);
    const values = new Int8Array(buffer, byteOffset + 4 * channels, data.length);
    data.forEach((w, i) => {
      scales[i % channels] = Math.max(scales[i % channels] as number, Math.abs(w));
    });
    scales.forEach((largest, c) => {
      scales[c] = largest / 127;
    });
    for (let i = 0; i < data.length; i++) {
      const scale = scales[i % channels] as number;
      const q = scale === 0 ? 0 : Math.round((data[i] as number) / scale);
      values[i] = Math.max(-127, Math.min(127, q));
    }
  }
}

/**
 * Reads a tensor in one pass. float32 is a view of the bytes, no copy, unless `copy` is set; then, as for the other
 * types, the result is memory of its own and does not keep the bytes alive.
 *
 * @param bytes exactly {@link storedBytes}, aligned to 4.
 */
export function readTensor(
  type: Quantization,
  shape: readonly number[],
  bytes: Uint8Array,
  { copy }: { copy: boolean },
): Float32Array {
  const { buffer, byteOffset } = bytes;
  const size = shape.reduce((a, b) => a * b, 1);
  if (type === 'float32') {
    const view = new Float32Array(buffer, byteOffset, size);
    return copy ? view.slice() : view;
  }
  if (type === 'int8') return widenInt8(int8Values(shape, bytes));
  const out = new Float32Array(size);
  decodeFloat16(new Uint16Array(buffer, byteOffset, size), out);
  return out;
}

/** Kernels [..., n] as integers of 8 bits times a scale for each of the n outputs. */
export interface Int8Values {
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

/** A stored int8 tensor as it is: views of the bytes, no copy. @param bytes aligned to 4 */
export function int8Values(shape: readonly number[], { buffer, byteOffset }: Uint8Array): Int8Values {
  const channels = outputChannels(shape);
  return {
    scales: new Float32Array(buffer, byteOffset, channels),
    values: new Int8Array(
      buffer,
      byteOffset + 4 * channels,
      shape.reduce((a, b) => a * b, 1),
    ),
  };
}

/** As numbers: value · scale. */
export function widenInt8({ values, scales }: Int8Values): Float32Array {
  const channels = scales.length;
  const out = new Float32Array(values.length);
  for (let start = 0; start < out.length; start += channels) {
    for (let c = 0; c < channels; c++) out[start + c] = (values[start + c] as number) * (scales[c] as number);
  }
  return out;
}

function outputChannels(shape: readonly number[]): number {
  return shape.at(-1) ?? 1;
}
