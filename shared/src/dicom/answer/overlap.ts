import { unpackBits } from './bit-packer.ts';
import type { SegmentFrames } from './frames.ts';

/**
 * Whether any pixel of the source is in two segments.
 *
 * @param pixels of a frame: rows · columns.
 * @param bits a pixel: 1 or 8.
 */
export function segmentsOverlap(
  { frames, pixels: data }: SegmentFrames,
  pixels: number,
  bits: 1 | 8,
): boolean {
  const ofFrame = Map.groupBy(frames.keys(), (i) => (frames[i] as (typeof frames)[number]).frame);
  return [...ofFrame.values()].some((indices) => {
    const taken = new Uint8Array(pixels);
    return indices.some((i) => {
      const values =
        bits === 1 ? unpackBits(data, i * pixels, pixels) : data.subarray(i * pixels, (i + 1) * pixels);
      const twice = values.some((value, at) => value > 0 && taken[at] === 1);
      for (const [at, value] of values.entries()) if (value > 0) taken[at] = 1;
      return twice;
    });
  });
}
