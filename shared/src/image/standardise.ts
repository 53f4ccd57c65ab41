/** Below this, an image counts as constant and its standard deviation is not divided by. */
export const STD_FLOOR = 1e-6;

/**
 * Scales one image to mean 0 and standard deviation 1 over all its pixels and channels:
 * `(x − mean) / max(std, 1e-6)`, with the population standard deviation and all sums in float64. A constant image
 * becomes zeros. The one definition for training and serving: two of them would drift apart.
 *
 * @param pixels intensities in any unit, in any layout.
 * @param out where to write; may be `pixels` itself if that is a Float32Array.
 */
export function standardise(
  pixels: Float32Array | Uint8Array | Uint16Array,
  out: Float32Array = new Float32Array(pixels.length),
): Float32Array {
  const n = pixels.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += pixels[i] as number;
  const mean = sum / n;
  let squares = 0; // about the mean, in a second pass: no cancellation
  for (let i = 0; i < n; i++) squares += ((pixels[i] as number) - mean) ** 2;
  const std = Math.max(Math.sqrt(squares / n), STD_FLOOR);
  for (let i = 0; i < n; i++) out[i] = ((pixels[i] as number) - mean) / std;
  return out;
}
