import { Unzlib } from 'fflate';
import { brokenImage } from './image-problem.ts';

/** Deflate expands at most 1032 times, so a slice of this size yields at most 4 MiB before its size is looked at. */
const SLICE = 4096;

/**
 * Inflates a zlib stream whose size is known beforehand, and stops as soon as it turns out larger: a small file that
 * would expand without end costs no more memory than the picture its header announced.
 *
 * @param pieces the stream, in order.
 * @param size bytes expected.
 * @throws InputError `broken-image` when the stream is damaged, shorter or longer.
 */
export function inflateExactly(pieces: readonly Uint8Array[], size: number, name: string): Uint8Array {
  const out = new Uint8Array(size);
  let filled = 0;
  let tooLong = false;
  const inflator = new Unzlib((chunk) => {
    if (filled + chunk.length > size) tooLong = true;
    else out.set(chunk, filled);
    filled += chunk.length;
  });
  try {
    for (const piece of pieces) {
      for (let i = 0; i < piece.length && !tooLong; i += SLICE) {
        inflator.push(piece.subarray(i, i + SLICE), false);
      }
    }
    if (!tooLong) inflator.push(new Uint8Array(0), true);
  } catch (cause) {
    throw brokenImage(name, 'is a PNG whose compressed pixels are damaged', cause);
  }
  if (tooLong) throw brokenImage(name, 'is a PNG that holds more pixels than its header says');
  if (filled < size) throw brokenImage(name, 'is a PNG that holds fewer pixels than its header says');
  return out;
}
