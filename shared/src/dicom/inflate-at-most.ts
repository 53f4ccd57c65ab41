import { Inflate } from 'fflate';

/** Deflate expands at most 1032 times, so a slice of this size yields at most 4 MiB before its size is looked at. */
const SLICE = 4096;

/**
 * Inflates a raw deflate stream (RFC 1951) of unknown size, and stops as soon as it is larger than the limit.
 *
 * @returns what was inflated; 'too-large', or 'broken' for a damaged or unfinished stream.
 */
export function inflateAtMost(bytes: Uint8Array, limit: number): Uint8Array | 'too-large' | 'broken' {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const inflator = new Inflate((chunk) => {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
  });
  try {
    for (let i = 0; i < bytes.length && length <= limit; i += SLICE) {
      inflator.push(bytes.subarray(i, i + SLICE), i + SLICE >= bytes.length);
    }
  } catch {
    return 'broken';
  }
  if (length > limit) return 'too-large';
  const out = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
