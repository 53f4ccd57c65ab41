/** Shares of the darkest and brightest values that are allowed to saturate. */
const TAIL = 0.005;

/**
 * Raw intensities as 8-bit values for the eye: black to white from the 0.5th to the 99.5th percentile, over all
 * channels alike. For display only; a model sees the raw ones.
 */
export function displayPixels(intensities: Float32Array): Uint8Array {
  const sorted = Float32Array.from(intensities).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const black = at(TAIL);
  const range = at(1 - TAIL) - black;
  if (range <= 0) return new Uint8Array(intensities.length).fill(128);
  return Uint8Array.from(intensities, (value) =>
    Math.round(255 * Math.min(Math.max((value - black) / range, 0), 1)),
  );
}
