import type { Calibration } from './figure-data.ts';

/** Below this, neither samples nor raters touch a pixel: most of an image, which would hide everything else. */
const UNTOUCHED = 0.01;

/** Gathers predicted and observed values of pixels in bins of equal width, image by image. */
export class CalibrationAccumulator {
  readonly #top: number;
  readonly #predicted: Float64Array;
  readonly #observed: Float64Array;
  readonly #pixels: Float64Array;
  #error = 0;
  #touched = 0;

  /** @param top largest value that can be predicted */
  constructor(bins: number, top: number) {
    this.#top = top;
    this.#predicted = new Float64Array(bins);
    this.#observed = new Float64Array(bins);
    this.#pixels = new Float64Array(bins);
  }

  /** Adds the pixels of an image. */
  add(predicted: ArrayLike<number>, observed: ArrayLike<number>): void {
    const bins = this.#pixels.length;
    for (let i = 0; i < predicted.length; i++) {
      const [p, o] = [predicted[i] as number, observed[i] as number];
      if (p < UNTOUCHED && o < UNTOUCHED) continue;
      const bin = Math.min(bins - 1, Math.floor((p / this.#top) * bins));
      this.#predicted[bin] = (this.#predicted[bin] as number) + p;
      this.#observed[bin] = (this.#observed[bin] as number) + o;
      this.#pixels[bin] = (this.#pixels[bin] as number) + 1;
    }
  }

  /** The bins that have pixels, and the calibration error: the bins' mean distance, weighted by their pixels. */
  finish(): Calibration {
    this.#error = 0;
    this.#touched = 0;
    const bins = [...this.#pixels].flatMap((pixels, bin) => {
      if (pixels === 0) return [];
      const predicted = (this.#predicted[bin] as number) / pixels;
      const observed = (this.#observed[bin] as number) / pixels;
      this.#error += pixels * Math.abs(predicted - observed);
      this.#touched += pixels;
      return [{ predicted, observed, pixels }];
    });
    return { bins, error: this.#touched === 0 ? null : this.#error / this.#touched, pixels: this.#touched };
  }
}

/** Mean of 0/1 masks: the share of raters who outlined each pixel. */
export function shareOf(masks: readonly Uint8Array[]): Float32Array {
  const share = new Float32Array(masks[0]?.length ?? 0);
  for (const mask of masks) {
    for (let i = 0; i < share.length; i++)
      share[i] = (share[i] as number) + (mask[i] as number) / masks.length;
  }
  return share;
}

/** Standard deviation of 0/1 values of which a share is 1. */
export const deviationOfShare = (share: Float32Array): Float32Array =>
  share.map((s) => Math.sqrt(Math.max(0, s * (1 - s))));
