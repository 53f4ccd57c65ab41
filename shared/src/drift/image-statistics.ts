import type { Crop, Intensities } from '../mask/region.ts';
import type { Observed } from './histogram.ts';

/** Values of an image that are looked at, at most: more would tell nothing more. */
const MOST_VALUES = 65_536;

/** The largest value of a picture; undefined for values without a range, such as Hounsfield units. */
function largestOf(data: Intensities['data']): number | undefined {
  if (data instanceof Uint8Array) return 255;
  return data instanceof Uint16Array ? 65_535 : undefined;
}

/** Mean and standard deviation of a crop as shares of the range of values, over the part that lies on the image. */
export function rangeStatistics({ data, height, width, channels }: Intensities, crop: Crop): Observed {
  const largest = largestOf(data);
  if (largest === undefined) return {};
  const [top, left] = [Math.max(0, Math.ceil(crop.top)), Math.max(0, Math.ceil(crop.left))];
  const bottom = Math.min(height, Math.floor(crop.top + crop.height));
  const right = Math.min(width, Math.floor(crop.left + crop.width));
  const step = Math.max(1, Math.ceil(Math.sqrt(((bottom - top) * (right - left) * channels) / MOST_VALUES)));
  let [n, sum, squares] = [0, 0, 0];
  for (let y = top; y < bottom; y += step) {
    for (let x = left; x < right; x += step) {
      for (let c = 0; c < channels; c++) {
        const value = (data[(y * width + x) * channels + c] as number) / largest;
        n++;
        sum += value;
        squares += value * value;
      }
    }
  }
  if (n === 0) return {};
  const mean = sum / n;
  return { brightness: mean, contrast: Math.sqrt(Math.max(0, squares / n - mean * mean)) };
}

/** An image as a model sees it: [height, width, channels], standardised. */
export interface SeenInput {
  readonly data: Float32Array;
  readonly width: number;
  readonly channels: number;
}

/** Skewness of what a model sees, and the mean step from one pixel to the next in its row: sharpness and noise. */
export function shapeStatistics({ data, width, channels }: SeenInput): Observed {
  const row = width * channels;
  let [cubes, steps, pairs] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    cubes += value * value * value;
    if (i % row < row - channels) {
      steps += Math.abs((data[i + channels] as number) - value);
      pairs++;
    }
  }
  return pairs === 0 ? {} : { skewness: cubes / data.length, roughness: steps / pairs };
}
