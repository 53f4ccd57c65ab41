import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { engineModule } from './engine.fixtures.ts';
import { Engine } from './engine.ts';
import type { PlainWeights } from './filters.ts';
import { asInt8 } from './int8-filters.ts';
import { sampleLatents } from './prompts.ts';
import { PAPER, randomImage, randomWeights } from './random-release.fixtures.ts';

/** Widths that need padding, and filters of both methods, prepared and kept. */
const ODD = { ...PAPER, widths: [6, 20, 64, 129], head: { ...PAPER.head, widths: [32, 10] } };
const SMALL = { ...ODD, widths: [6, 12], head: { ...PAPER.head, widths: [10, 8] } };

/** The same weights as a release of int8 holds them. */
function asStored(weights: PlainWeights): PlainWeights {
  return new Map(
    [...weights].map(([name, weight]) => {
      if (!name.endsWith('/kernel') || 'int8' in weight) return [name, weight];
      const outputs = (weights.get(name.replace(/kernel$/, 'bias')) as { data: Float32Array } | undefined)
        ?.data;
      const int8 = asInt8(weight.data, outputs?.length ?? 0);
      return [name, int8 === undefined ? weight : { int8 }];
    }),
  );
}

describe('weights that are 8-bit integers', () => {
  it.each([16, 128])('give the same to the bit as their numbers, for images of %i', async (side) => {
    const size = { height: side, width: side + 8 };
    const module = await engineModule('engine-relaxed');
    const wide = randomWeights(ODD, 3, true);
    const stored = asStored(wide);
    const integers = [...stored.values()].filter((weight) => 'int8' in weight);
    expect(integers.length).toBeGreaterThan(30);
    const image = randomImage(size, 1);
    const [a, b] = [wide, stored].map((weights) => new Engine({ module, architecture: ODD, weights, size }));
    const encoded = [a, b].map((engine) => engine?.encode(image, size));
    expect(encoded[1]).toEqual(encoded[0]);
    expect(b?.weightBytes).toBe(a?.weightBytes);
    b?.useHeads(a?.prepareHeads(stored) ?? new Uint8Array());
    expect(b?.encode(image, size)).toEqual(encoded[0]);
  });
});

describe('an engine', () => {
  const start = async (size: { height: number; width: number }) =>
    new Engine({
      module: await engineModule('engine-relaxed'),
      architecture: SMALL,
      weights: randomWeights(SMALL),
      size,
    });

  it('holds at most what it says beforehand', async () => {
    const random = new Random(5);
    for (let i = 0; i < 8; i++) {
      const size = { height: 1 + random.integer(200), width: 1 + random.integer(200) };
      const engine = await start(size);
      const expected = engine.bytesFor(size);
      const encoding = engine.encode(randomImage(size, 1), size);
      for (const map of engine.probabilities(encoding, sampleLatents(encoding, 9, 0)))
        expect(map.length).toBe(size.height * size.width);
      expect(engine.bytes).toBeLessThanOrEqual(expected);
      // Preparing weights may have taken more than small images do.
      expect(Math.max(engine.bytes, 2 ** 20)).toBeGreaterThan(0.6 * expected);
    }
  });

  it('gives its arena back, and answers as before', async () => {
    const size = { height: 160, width: 130 };
    const engine = await start(size);
    const image = randomImage(size, 1);
    const before = engine.encode(image, size);
    const [map] = engine.probabilities(before, sampleLatents(before, 1, 0));
    expect(engine.bytes).toBeGreaterThan(engine.weightBytes + 2 ** 19);
    engine.trim();
    expect(engine.bytes).toBeLessThan(engine.weightBytes + 65536);
    const [again] = engine.probabilities(before, sampleLatents(before, 1, 0));
    expect(again).toEqual(map);
    engine.trim();
    expect(engine.encode(image, size)).toEqual(before);
  });
});
