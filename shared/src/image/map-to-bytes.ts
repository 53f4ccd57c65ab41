/**
 * A byte for each value. `Uint8Array.from` with a function would make an array of all values first: of an image of four
 * million pixels, 180 MB.
 */
export function mapToBytes(
  values: ArrayLike<number>,
  byteOf: (value: number) => number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = byteOf(values[i] as number);
  return bytes;
}
