import { setImmediate } from 'node:timers/promises';
import { modelInput } from '@d-persona/shared/mask/region.ts';
import { Random } from '@d-persona/shared/random.ts';
import { drawAffine } from './affine.ts';
import { changeIntensities, type Slot, transform } from './augment.ts';
import { type Augmentation, reachOf } from './augmentation.ts';
import type { Batch } from './batch.ts';
import { ByteCache } from './byte-cache.ts';
import { cropOfFrame } from './frame.ts';
import type { Dataset, Sample } from './sample.ts';
import { croppedMasks, type WorkingImage, workingImage } from './working-image.ts';

/** Batches that are prepared ahead. */
const PREFETCH = 2;
const DEFAULT_CACHE_BYTES = 512 * 2 ** 20;

/** The order and size of a stage's batches. */
export interface Order {
  /** Images in a batch, N. */
  readonly batch: number;
  readonly seed: number;
}

/**
 * Training batches. Batch number t is a pure function of seed and t, so a resumed run needs no state to see what an
 * uninterrupted one would. Samples come in an endless row of epochs, each shuffled anew; batches are cut from that row,
 * so that all are full: shapes never vary, and a dataset may be smaller than a batch.
 */
export class TrainingBatches {
  readonly #dataset: Dataset;
  readonly #samples: readonly Sample[];
  readonly #augmentation: Augmentation;
  readonly #cache: ByteCache<WorkingImage>;
  /** The last two epochs' orders, which a batch may straddle. */
  readonly #orders = new ByteCache<Sample[]>(2);

  /** @param samples those of the training patients, at least one */
  constructor(
    dataset: Dataset,
    samples: readonly Sample[],
    augmentation: Augmentation,
    cacheBytes = DEFAULT_CACHE_BYTES,
  ) {
    if (samples.length === 0) throw new RangeError('no samples to make batches of');
    this.#dataset = dataset;
    this.#samples = samples;
    this.#augmentation = augmentation;
    this.#cache = new ByteCache(cacheBytes);
  }

  /** Batches from step `from` on, without end; the next ones are read while one is trained on. */
  async *from(from: number, order: Order): AsyncGenerator<Batch, never> {
    const ahead: Promise<Batch>[] = [];
    for (let step = from; ; step++) {
      while (ahead.length <= PREFETCH) {
        const batch = this.at(step + ahead.length, order);
        batch.catch(() => {}); // it is thrown when its turn comes, or never if nobody asks again
        ahead.push(batch);
      }
      // Cached batches never wait for input; without this, signals and timers would starve.
      await setImmediate();
      yield (await ahead.shift()) as Batch;
    }
  }

  /** Batch number `step`, counted from 0. */
  async at(step: number, { batch, seed }: Order): Promise<Batch> {
    const base = new Random(seed).fork('batches');
    const n = this.#samples.length;
    const samples = Array.from({ length: batch }, (_, i) => {
      const place = step * batch + i;
      return this.#epoch(Math.floor(place / n), seed, base)[place % n] as Sample;
    });
    const images = await Promise.all(samples.map((sample) => this.#working(sample)));
    const { size } = this.#dataset;
    const draw = base.fork(`augmentation of ${step}`);
    return fillBatch(this.#dataset, samples, (slot, i) => {
      const random = draw.fork(i);
      const map = drawAffine(this.#augmentation, size, random);
      transform(images[i] as WorkingImage, map, size, this.#dataset.raters.length, slot);
      changeIntensities(slot.image, this.#augmentation, random);
    });
  }

  #epoch(epoch: number, seed: number, base: Random): Sample[] {
    const key = `${seed}/${epoch}`;
    const known = this.#orders.get(key);
    if (known !== undefined) return known;
    const order = base.fork(`epoch ${epoch}`).shuffle(this.#samples);
    this.#orders.set(key, order, 1);
    return order;
  }

  async #working(sample: Sample): Promise<WorkingImage> {
    const known = this.#cache.get(sample.id);
    if (known !== undefined) return known;
    const { size, frame, channels } = this.#dataset;
    const pixels = await this.#dataset.pixels(sample);
    const crop = cropOfFrame(frame, sample, size);
    const working = workingImage(pixels, crop, size, reachOf(this.#augmentation, size), channels);
    this.#cache.set(sample.id, working, working.data.byteLength + working.masks.data.byteLength);
    return working;
  }
}

/** All samples once, in order, as the server would see them; the last batch may be smaller. */
export async function* evaluationBatches(
  dataset: Dataset,
  samples: readonly Sample[],
  batch: number,
): AsyncGenerator<Batch, void> {
  const { size, frame, channels, raters } = dataset;
  const read = (from: number) =>
    Promise.all(samples.slice(from, from + batch).map((sample) => dataset.pixels(sample)));
  for (let from = 0; from < samples.length; from += batch) {
    const pixels = await read(from);
    const part = samples.slice(from, from + batch);
    yield fillBatch(dataset, part, ({ image, masks }, i) => {
      const own = pixels[i] as (typeof pixels)[number];
      const crop = cropOfFrame(frame, part[i] as Sample, size);
      image.set(modelInput(own.image, crop, { height: size, width: size }, channels));
      const bits = croppedMasks(own.masks, crop, size).data;
      for (let k = 0; k < masks.length; k++) {
        masks[k] = ((bits[Math.floor(k / raters.length)] as number) >>> (k % raters.length)) & 1;
      }
    });
  }
}

/** Allocates a batch and has each image's place filled. */
function fillBatch(
  { size, channels, raters }: Dataset,
  samples: readonly Sample[],
  fill: (slot: Slot, i: number) => void,
): Batch {
  const pixels = size * size;
  const [n, r] = [samples.length, raters.length];
  const images = new Float32Array(n * pixels * channels);
  const masks = new Float32Array(n * pixels * r);
  for (let i = 0; i < n; i++) {
    fill(
      {
        image: images.subarray(i * pixels * channels, (i + 1) * pixels * channels),
        masks: masks.subarray(i * pixels * r, (i + 1) * pixels * r),
      },
      i,
    );
  }
  const present = Float32Array.from(samples.flatMap((sample) => sample.present.map(Number)));
  return { size: n, height: size, width: size, channels, raters: r, images, masks, present, samples };
}
