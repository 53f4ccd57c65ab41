type Samples = Uint8Array | Uint16Array | Float32Array;

/**
 * Intensities with as many channels as a model wants, as float32 in the image's own unit (not scaled).
 * RGB becomes grey by ITU-R BT.601 luma, 0.299 R + 0.587 G + 0.114 B; grey becomes RGB by repeating it. Any other
 * number of channels is of sequences of their own, which nothing else can stand for.
 *
 * @param data HWC, `from` channels interleaved.
 */
export function toChannels(data: Samples, from: number, to: number): Float32Array {
  if (from === to) return new Float32Array(data);
  if (![1, 3].includes(from) || ![1, 3].includes(to)) throw new RangeError(`${from} channels are not ${to}`);
  const pixels = data.length / from;
  const out = new Float32Array(pixels * to);
  if (to === 1) {
    for (let i = 0; i < pixels; i++) out[i] = luma(data, 3 * i);
  } else {
    for (let i = 0; i < pixels; i++) out.fill(data[i] as number, 3 * i, 3 * i + 3);
  }
  return out;
}

function luma(data: Samples, i: number): number {
  return (299 * (data[i] as number) + 587 * (data[i + 1] as number) + 114 * (data[i + 2] as number)) / 1000;
}
