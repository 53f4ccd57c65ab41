import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { standardise } from '../image/standardise.ts';
import { Random } from '../random.ts';
import { engineModule } from './engine.fixtures.ts';
import { Engine } from './engine.ts';
import { heldBytes, peakMemory } from './peak-memory.fixtures.ts';
import { sampleLatents } from './prompts.ts';
import { PAPER, randomImage, randomWeights } from './random-release.fixtures.ts';

const SMALL = { ...PAPER, widths: [8, 12, 16], head: { ...PAPER.head, widths: [8, 8] } };
const MB = 1e6;
/** What the Worker's own code and one request around the engine hold. */
const WORKER_BYTES = 12 * MB;

describe('memory', () => {
  it('is at most 100 MB at 512 × 512 with 8 personas and 50 samples', async () => {
    const { peak } = await peakMemory(512, 8);
    expect(peak).toBeGreaterThan(20 * MB);
    expect(peak + WORKER_BYTES).toBeLessThanOrEqual(100 * MB);
  });

  it('does not grow over requests of varying sizes', async () => {
    const module = await engineModule('engine-relaxed');
    const largest = { height: 96, width: 80 };
    const engine = new Engine({ module, architecture: SMALL, weights: randomWeights(SMALL), size: largest });
    const random = new Random(1);
    const ask = (size: { height: number; width: number }) => {
      const encoding = engine.encode(randomImage(size, 1), size);
      for (const map of engine.probabilities(encoding, sampleLatents(encoding, 9, 0)))
        expect(map.length).toBe(size.height * size.width);
    };
    ask(largest);
    for (let i = 0; i < 50; i++) ask({ height: 1 + random.integer(64), width: 1 + random.integer(64) });
    const [bytes, held] = [engine.bytes, heldBytes()];
    for (let i = 0; i < 1000; i++) ask({ height: 1 + random.integer(64), width: 1 + random.integer(64) });
    expect(engine.bytes).toBe(bytes);
    expect(heldBytes() - held).toBeLessThan(2 * MB);
  });
});

describe('images', () => {
  const size = { height: 20, width: 24 };
  const start = async () =>
    new Engine({
      module: await engineModule('engine-relaxed'),
      architecture: SMALL,
      weights: randomWeights(SMALL),
      size,
    });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'that hold %d are refused, and the next one is answered as ever',
    async (value) => {
      const engine = await start();
      const image = randomImage(size, 1);
      const before = engine.encode(image, size);
      const broken = image.slice();
      broken[77] = value;
      expect(() => engine.encode(broken, size)).toThrow(InputError);
      expect(engine.encode(image, size)).toEqual(before);
    },
  );

  it('that are constant, or as large as numbers get, give probabilities', async () => {
    const engine = await start();
    for (const pixels of [
      new Float32Array(480),
      new Float32Array(480).fill(7),
      randomImage(size, 1).map((v) => v * 1e30),
    ]) {
      const encoding = engine.encode(standardise(pixels), size);
      for (const map of engine.probabilities(encoding, sampleLatents(encoding, 2, 0)))
        expect(map.every((p) => p >= 0 && p <= 1)).toBe(true);
    }
  });

  it('of another number of pixels than their size says are a bug', async () => {
    const engine = await start();
    expect(() => engine.encode(new Float32Array(479), size)).toThrow(RangeError);
  });
});
