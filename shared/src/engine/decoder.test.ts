import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineModule } from './engine.fixtures.ts';
import { type Encoding, Engine } from './engine.ts';
import type { PlainWeights } from './filters.ts';
import { sampleLatents } from './prompts.ts';
import { PAPER, randomImage, randomWeights } from './random-release.fixtures.ts';

/** The decoder as its equations say it, in double precision: the probability at each pixel. */
function naive(weights: PlainWeights, features: number, encoding: Encoding, z: Float32Array): number[] {
  const of = (name: string): Float32Array => {
    const weight = weights.get(`decoder/${name}`);
    if (weight === undefined || !('data' in weight)) throw new Error(`No numbers ${name}`);
    return weight.data;
  };
  const dense = (x: readonly number[], name: string, outputs: number) =>
    Array.from(
      { length: outputs },
      (_, o) =>
        (of(`${name}/bias`)[o] as number) +
        x.reduce((sum, value, i) => sum + value * (of(`${name}/kernel`)[i * outputs + o] as number), 0),
    );
  const relu = (x: readonly number[]) => x.map((value) => Math.max(0, value));
  const wide = (features + 3) & ~3;
  const latent = Array.from(
    { length: features },
    (_, f) =>
      (of('first/bias')[f] as number) +
      z.reduce((sum, v, d) => sum + v * (of('first/kernel')[(features + d) * features + f] as number), 0),
  );
  return Array.from({ length: encoding.height * encoding.width }, (_, pixel) => {
    const part = (f: number) => encoding.imagePart[((pixel >> 2) * wide + f) * 4 + (pixel & 3)] as number;
    const first = relu(latent.map((value, f) => value + part(f)));
    const hidden = relu(dense(relu(dense(first, 'hidden0', features)), 'hidden1', features));
    return 1 / (1 + Math.exp(-(dense(hidden, 'last', 1)[0] as number)));
  });
}

function furthest(actual: Float32Array | undefined, expected: readonly number[]): number {
  return expected.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (actual?.[i] ?? Number.NaN))),
    0,
  );
}

describe.each(['engine', 'engine-relaxed'] as const)('the decoder of %s', (variant) => {
  it('gives what its equations say, whatever the channels, pixels and latent vectors', async () => {
    const module = await engineModule(variant);
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(8, 16), fc.integer({ min: 1, max: 24 })),
        fc.integer({ min: 1, max: 11 }),
        fc.integer({ min: 1, max: 9 }),
        fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(64, 65, 70)),
        (features, height, width, count) => {
          const architecture = { ...PAPER, widths: [features, 4], head: { ...PAPER.head, widths: [4] } };
          const weights = randomWeights(architecture, features);
          const size = { height, width };
          const engine = new Engine({ module, architecture, weights, size });
          const encoding = engine.encode(randomImage(size, 1, count), size);
          const latents = sampleLatents(encoding, count, 1);
          const expected = latents.map((z) => naive(weights, features, encoding, z));
          const maps = [...engine.probabilities(encoding, latents)];
          expect(maps).toHaveLength(count);
          for (const [i, map] of expected.entries()) expect(furthest(maps[i], map)).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 12 },
    );
  });
});
