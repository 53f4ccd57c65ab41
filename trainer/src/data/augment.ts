import { standardise } from '@d-persona/shared/image/standardise.ts';
import type { Random } from '@d-persona/shared/random.ts';
import { type Affine, isExact } from './affine.ts';
import type { Augmentation } from './augmentation.ts';
import type { WorkingImage } from './working-image.ts';

/** A place in a batch for one image: views that are written to. */
export interface Slot {
  /** x [size, size, channels] */
  readonly image: Float32Array;
  /** y [size, size, raters] */
  readonly masks: Float32Array;
}

/**
 * Moves image and masks alike by one map: the image bilinearly, the masks by the nearest pixel; without interpolation
 * where the map allows. The image is then standardised over what lies on it. What lies outside is 0 in both: the mean,
 * and no lesion, as the server pads.
 */
export function transform(from: WorkingImage, map: Affine, size: number, raters: number, to: Slot): void {
  const { channels } = from;
  const inside = new Int32Array(size * size); // output pixels that lie on the image
  let count = 0;
  const sample = isExact(map) ? copyPixel : interpolatePixel;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const u = map.a * x + map.b * y + map.tx - from.left;
      const v = map.c * x + map.d * y + map.ty - from.top;
      const column = Math.floor(u + 0.5);
      const row = Math.floor(v + 0.5);
      if (column < 0 || row < 0 || column >= from.width || row >= from.height) continue;
      const at = y * size + x;
      inside[count++] = at;
      sample(from, u, v, to.image, at * channels);
      const bits = from.masks.data[row * from.width + column] as number;
      for (let r = 0; bits >>> r !== 0 && r < raters; r++) to.masks[at * raters + r] = (bits >>> r) & 1;
    }
  }
  if (count === size * size) standardise(to.image, to.image);
  else standardiseSome(to.image, inside.subarray(0, count), channels);
}

function copyPixel(from: WorkingImage, u: number, v: number, to: Float32Array, at: number): void {
  const { data, width, channels } = from;
  const i = (v * width + u) * channels;
  for (let c = 0; c < channels; c++) to[at + c] = data[i + c] as number;
}

function interpolatePixel(from: WorkingImage, u: number, v: number, to: Float32Array, at: number): void {
  const { data, height, width, channels } = from;
  // Half a pixel around the image is nearest to its edge, and repeats it.
  const x = Math.min(Math.max(u, 0), width - 1);
  const y = Math.min(Math.max(v, 0), height - 1);
  const x0 = Math.min(Math.floor(x), Math.max(0, width - 2));
  const y0 = Math.min(Math.floor(y), Math.max(0, height - 2));
  const [fx, fy] = [x - x0, y - y0];
  const right = width > 1 ? channels : 0;
  const below = height > 1 ? width * channels : 0;
  const i = (y0 * width + x0) * channels;
  for (let c = 0; c < channels; c++) {
    const k = i + c;
    const upper = (data[k] as number) * (1 - fx) + (data[k + right] as number) * fx;
    const lower = (data[k + below] as number) * (1 - fx) + (data[k + below + right] as number) * fx;
    to[at + c] = upper * (1 - fy) + lower * fy;
  }
}

/** Standardises the pixels listed and leaves the others. */
function standardiseSome(image: Float32Array, pixels: Int32Array, channels: number): void {
  const values = new Float32Array(pixels.length * channels);
  for (let i = 0; i < values.length; i++) {
    values[i] = image[(pixels[Math.floor(i / channels)] as number) * channels + (i % channels)] as number;
  }
  if (values.length > 0) standardise(values, values);
  for (let i = 0; i < values.length; i++) {
    image[(pixels[Math.floor(i / channels)] as number) * channels + (i % channels)] = values[i] as number;
  }
}

/** Changes contrast and brightness of a standardised image, in place. Padding changes with it. */
export function changeIntensities(image: Float32Array, { gain, offset }: Augmentation, random: Random): void {
  if (gain === 0 && offset === 0) return;
  const factor = 1 + (2 * random.uniform() - 1) * gain;
  const added = (2 * random.uniform() - 1) * offset;
  for (let i = 0; i < image.length; i++) image[i] = factor * (image[i] as number) + added;
}
