import { cropOfRegion, modelInput } from '@d-persona/shared/mask/region.ts';
import { describe, expect, it } from 'vitest';
import { augmentations } from './augmentation.ts';
import { evaluationBatches, TrainingBatches } from './batches.ts';
import { namedFiles, slotFiles, writeFiles } from './dataset.fixtures.ts';
import { loadDataset } from './load-dataset.ts';
import type { Dataset, Sample } from './sample.ts';

const slots = async () =>
  loadDataset(
    await writeFiles(
      slotFiles([
        [4, 2],
        [3, 5],
        [6, 7],
      ]),
    ),
    { size: 12 },
  );
const order = { batch: 4, seed: 9 };

async function take<T>(batches: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const batch of batches) {
    taken.push(batch);
    if (taken.length === count) break;
  }
  return taken;
}

/** Counts how often pixels are read. */
function counting(data: Dataset): { data: Dataset; read: string[] } {
  const read: string[] = [];
  const pixels: Dataset['pixels'] = (sample) => {
    read.push(sample.id);
    return data.pixels(sample);
  };
  return { read, data: { ...data, pixels } };
}

describe('TrainingBatches', () => {
  it('have the shapes that they say, standardised images and the masks in the order of ranks', async () => {
    const data = await slots();
    const batch = await new TrainingBatches(data, data.samples, augmentations.none).at(0, order);
    expect(batch).toMatchObject({ size: 4, height: 12, width: 12, channels: 1, raters: 2 });
    expect([batch.images.length, batch.masks.length, batch.present.length]).toEqual([4 * 144, 4 * 288, 8]);
    expect([...batch.present]).toEqual(new Array(8).fill(1));
    for (let n = 0; n < 4; n++) {
      const image = batch.images.subarray(144 * n, 144 * (n + 1));
      expect(image.reduce((a, b) => a + b) / 144).toBeCloseTo(0, 5);
      const masks = batch.masks.subarray(288 * n, 288 * (n + 1));
      const areas = [0, 1].map((r) => masks.filter((_, i) => i % 2 === r).reduce((a, b) => a + b));
      expect(areas).toEqual(batch.samples[n]?.areas);
    }
  });

  it('go through all samples in every epoch, in another order each time', async () => {
    const data = await slots();
    const batches = await take(
      new TrainingBatches(data, data.samples, augmentations.recipe).from(0, order),
      6,
    );
    const ids = batches.flatMap(({ samples }) => samples.map(({ id }) => id));
    const epochs = [0, 1, 2, 3].map((e) => ids.slice(6 * e, 6 * e + 6));
    for (const epoch of epochs) expect(epoch.toSorted()).toEqual(data.samples.map(({ id }) => id));
    expect(new Set(epochs.map((epoch) => epoch.join())).size).toBeGreaterThan(1);
  });

  it('are the same when a run resumes, whatever it held in memory', async () => {
    const data = await slots();
    const whole = await take(new TrainingBatches(data, data.samples, augmentations.paper).from(0, order), 5);
    const resumed = await take(
      new TrainingBatches(data, data.samples, augmentations.paper, 0).from(3, order),
      2,
    );
    expect(resumed).toEqual(whole.slice(3));
    const other = await new TrainingBatches(data, data.samples, augmentations.paper).at(3, {
      ...order,
      seed: 10,
    });
    expect(other.images).not.toEqual(whole[3]?.images);
  });

  it('augment the same image differently each time', async () => {
    const data = await slots();
    const one = data.samples.slice(0, 1);
    const batch = await new TrainingBatches(data, one, augmentations.recipe).at(0, { batch: 8, seed: 1 });
    const images = Array.from({ length: 8 }, (_, n) => batch.images.subarray(144 * n, 144 * (n + 1)).join());
    expect(new Set(images).size).toBeGreaterThan(4);
  });

  it('read a file once if the cache holds it, and again if not', async () => {
    const cached = counting(await slots());
    await take(new TrainingBatches(cached.data, cached.data.samples, augmentations.none).from(0, order), 1);
    const once = cached.read.length;
    const kept = new TrainingBatches(cached.data, cached.data.samples, augmentations.none);
    for (const step of [0, 1, 2, 3]) await kept.at(step, order);
    expect(cached.read.length - once).toBe(6);
    const uncached = counting(await slots());
    const dropped = new TrainingBatches(uncached.data, uncached.data.samples, augmentations.none, 100);
    for (const step of [0, 1, 2, 3]) await dropped.at(step, order);
    expect(uncached.read).toHaveLength(16);
  });

  it('are read ahead', async () => {
    const { data, read } = counting(await slots());
    const stream = new TrainingBatches(data, data.samples, augmentations.none, 0).from(0, order);
    await stream.next();
    expect(read.length).toBe(12);
    await stream.return(undefined as never);
  });

  it('tell an error of a file when its batch is asked for', async () => {
    const data = await slots();
    const failing: Dataset = { ...data, pixels: () => Promise.reject(new Error('gone')) };
    const stream = new TrainingBatches(failing, data.samples, augmentations.none).from(0, order);
    await expect(stream.next()).rejects.toThrow('gone');
  });

  it('mark who is missing', async () => {
    const files = namedFiles({ a: { r: 1, s: 2 }, b: { r: 3, s: null }, c: { r: 1, s: 1 } });
    const data = await loadDataset(await writeFiles(files), { size: 16 });
    const b = data.samples.filter(({ id }) => id === 'b');
    const batch = await new TrainingBatches(data, b, augmentations.none).at(0, { batch: 1, seed: 1 });
    expect([...batch.present]).toEqual([1, 0]);
    expect(batch.masks.filter((_, i) => i % 2 === 1).every((v) => v === 0)).toBe(true);
  });
});

describe('evaluationBatches', () => {
  it('give all samples once, in order, exactly as the server would see them', async () => {
    const data = await slots();
    const batches = await take(evaluationBatches(data, data.samples, 4), 9);
    expect(batches.map(({ size }) => size)).toEqual([4, 2]);
    expect(batches.flatMap(({ samples }) => samples)).toEqual(data.samples);
    const { image } = await data.pixels(data.samples[0] as Sample);
    const input = { height: 12, width: 12 };
    const seen = modelInput(image, cropOfRegion(image, undefined, input), input, 1);
    expect(batches[0]?.images.subarray(0, 144)).toEqual(seen);
  });

  it('agree with training batches that are not augmented, for a crop', async () => {
    const data = await slots();
    const [evaluated] = await take(evaluationBatches(data, data.samples.slice(0, 1), 1), 1);
    const trained = await new TrainingBatches(data, data.samples.slice(0, 1), augmentations.none).at(0, {
      batch: 1,
      seed: 1,
    });
    expect(trained.images).toEqual(evaluated?.images);
    expect(trained.masks).toEqual(evaluated?.masks);
  });
});
