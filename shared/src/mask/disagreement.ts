import { encodePng } from '../image/encode-png.ts';
import { mapToBytes } from '../image/map-to-bytes.ts';
import { toBase64 } from './base64.ts';

/** The largest standard deviation that values in [0, 1] can have; 255 in an 8-bit map. */
const MAX_DEVIATION = 0.5;

/**
 * Mean and standard deviation for each pixel of probability maps that stream by: sums only, no map is kept, so that
 * a hundred samples need no more memory than two.
 */
export class DisagreementAccumulator {
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;

  /** @param pixels of each map. */
  constructor(pixels: number) {
    this.#sum = new Float64Array(pixels);
    this.#squares = new Float64Array(pixels);
  }

  /** Maps added so far. */
  get count(): number {
    return this.#count;
  }

  /** Adds a map of probabilities in [0, 1]. */
  add(probability: Float32Array): void {
    const sum = this.#sum;
    const squares = this.#squares;
    if (probability.length !== sum.length) {
      throw new RangeError(`a map of ${probability.length} pixels among maps of ${sum.length}`);
    }
    for (let i = 0; i < probability.length; i++) {
      const p = probability[i] as number;
      sum[i] = (sum[i] as number) + p;
      squares[i] = (squares[i] as number) + p * p;
    }
    this.#count++;
  }

  /** The mean map: the consensus before its threshold. */
  mean(): Float32Array {
    this.#assertSome();
    const mean = new Float32Array(this.#sum.length);
    for (let i = 0; i < mean.length; i++) mean[i] = (this.#sum[i] as number) / this.#count;
    return mean;
  }

  /** The population standard deviation of each pixel, in [0, 0.5]. */
  deviation(): Float32Array {
    this.#assertSome();
    const deviation = new Float32Array(this.#sum.length);
    for (let i = 0; i < deviation.length; i++) {
      const mean = (this.#sum[i] as number) / this.#count;
      deviation[i] = Math.sqrt(Math.max(0, (this.#squares[i] as number) / this.#count - mean * mean));
    }
    return deviation;
  }

  #assertSome(): void {
    if (this.#count === 0) throw new RangeError('no map was added');
  }
}

/**
 * The map of disagreement as the API answers it: an 8-bit grey PNG in base64, scaled so that 255 is 0.5.
 *
 * @param deviation [height · width] standard deviations.
 */
export function disagreementMap(
  deviation: Float32Array,
  { height, width }: { height: number; width: number },
): { size: [number, number]; max: number; png: string } {
  const data = mapToBytes(deviation, (d) => Math.min(255, Math.round((255 * d) / MAX_DEVIATION)));
  const max = deviation.reduce((a, b) => Math.max(a, b), 0);
  return { size: [height, width], max, png: toBase64(encodePng({ height, width, channels: 1, data })) };
}
