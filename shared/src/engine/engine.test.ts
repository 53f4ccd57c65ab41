import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Architecture, featureChannels } from '../model/architecture.ts';
import { sampleNoise, TEST_BANK } from '../model/noise.ts';
import { engineModule, reference } from './engine.fixtures.ts';
import { Engine } from './engine.ts';
import { personaLatents, sampleLatents } from './prompts.ts';
import { PAPER, randomImage, randomWeights } from './random-release.fixtures.ts';
import type { Tuning } from './tuning.ts';

const modules = new Map<string, WebAssembly.Module>();
beforeAll(async () => {
  await tf.setBackend('cpu');
  for (const variant of ['engine', 'engine-relaxed'] as const)
    modules.set(variant, await engineModule(variant));
});

function furthest(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  return expected.reduce((worst, value, i) => {
    const difference = Math.abs(value - (actual[i] as number));
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }, 0);
}

/** Panels [pixels/4][padded channels][4] as [pixels, channels]. */
function unpacked(values: Float32Array, pixels: number, channels: number): Float32Array {
  const wide = (channels + 3) & ~3;
  return Float32Array.from({ length: pixels * channels }, (_, i) => {
    const [pixel, channel] = [Math.floor(i / channels), i % channels];
    return values[((pixel >> 2) * wide + channel) * 4 + (pixel & 3)] as number;
  });
}

const architectures: fc.Arbitrary<Architecture> = fc.record({
  backbone: fc.constant('unet' as const),
  channels: fc.integer({ min: 1, max: 4 }),
  personas: fc.integer({ min: 2, max: 4 }),
  latent: fc.integer({ min: 1, max: 7 }),
  widths: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 4 }),
  posterior: fc.constant('all' as const),
  head: fc.record({
    widths: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
    finalRelu: fc.boolean(),
    padding: fc.constantFrom(1 as const, 3 as const),
    dropout: fc.constant(0),
  }),
  keys: fc.constantFrom('raw' as const, 'standardised' as const),
});

/** The same heads on a residual U-Net of one to three stages. */
const residuals: fc.Arbitrary<Architecture> = fc
  .tuple(architectures, fc.integer({ min: 1, max: 3 }))
  .chain(([architecture, stages]) => {
    const some = (max: number, length: number) =>
      fc.array(fc.integer({ min: 1, max }), { minLength: length, maxLength: length });
    return fc
      .record({ blocks: some(2, stages), widths: some(20, stages), decoder: some(12, stages + 1) })
      .map((resnet): Architecture => ({ ...architecture, backbone: 'resnet34', resnet }));
  });

/** Every way to compute a layer, which the sizes of tests would not choose. */
const tunings: fc.Arbitrary<Tuning> = fc.record({
  groupBytes: fc.constantFrom(1, 2 ** 30),
  wholeStageBytes: fc.constantFrom(1, 2 ** 30),
  chooseMethod: fc
    .tuple(fc.constantFrom('winograd2' as const, 'winograd4' as const), fc.boolean())
    .map(([method, prepared]) => () => ({ method, prepared })),
});

describe('the engine', () => {
  it.each([
    ['unet', architectures, 40],
    ['resnet34', residuals, 20],
  ] as const)('gives what TensorFlow.js gives, whatever size, channels and widths: %s', (_, any, numRuns) => {
    fc.assert(
      fc.property(
        any,
        tunings,
        fc.boolean(),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 37 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.constantFrom('engine', 'engine-relaxed'),
        (architecture, tuning, int8, height, width, seed, variant) => {
          const size = { height, width };
          const weights = randomWeights(architecture, seed, int8);
          const image = randomImage(size, architecture.channels, seed);
          const noise = sampleNoise(0, 3, architecture.latent);
          const expected = reference(architecture, weights, image, size, noise);
          const engine = new Engine({
            module: modules.get(variant) as WebAssembly.Module,
            architecture,
            weights,
            size,
            tuning,
          });
          const encoding = engine.encode(image, size);
          const scale = (values: Float32Array) => 1 + Math.max(...values.map(Math.abs));
          for (const part of ['mu', 'logSigma', 'queries'] as const)
            expect(furthest(encoding[part], expected[part]) / scale(expected[part]), part).toBeLessThan(1e-4);
          const part = unpacked(encoding.imagePart, height * width, featureChannels(architecture));
          expect(furthest(part, expected.imagePart) / scale(expected.imagePart)).toBeLessThan(1e-4);
          const latents = personaLatents(encoding, architecture.keys, TEST_BANK, 0);
          const maps = [...engine.probabilities(encoding, latents)];
          expect(maps).toHaveLength(architecture.personas);
          for (const [i, map] of maps.entries())
            expect(furthest(map, expected.personas[i] as Float32Array)).toBeLessThan(1e-3);
          const samples = [...engine.probabilities(encoding, sampleLatents(encoding, 3, 0))];
          for (const [i, map] of samples.entries())
            expect(furthest(map, expected.samples[i] as Float32Array)).toBeLessThan(1e-3);
        },
      ),
      { numRuns, seed: 7 },
    );
  });

  it.each(['engine', 'engine-relaxed'])('%s draws the same masks in the size of the paper', (variant) => {
    const size = { height: 64, width: 48 };
    const weights = randomWeights(PAPER);
    const image = randomImage(size, 1);
    const expected = reference(PAPER, weights, image, size, sampleNoise(3, 5, 6));
    const engine = new Engine({
      module: modules.get(variant) as WebAssembly.Module,
      architecture: PAPER,
      weights,
      size,
    });
    const encoding = engine.encode(image, size);
    const personas = [...engine.probabilities(encoding, personaLatents(encoding, PAPER.keys, TEST_BANK, 0))];
    const samples = [...engine.probabilities(encoding, sampleLatents(encoding, 5, 3))];
    let differing = 0;
    for (const [i, map] of [...personas, ...samples].entries()) {
      const target = [...expected.personas, ...expected.samples][i] as Float32Array;
      expect(furthest(map, target)).toBeLessThan(1e-4);
      differing += map.filter((p, pixel) => p >= 0.5 !== (target[pixel] as number) >= 0.5).length;
    }
    expect(differing / (9 * 64 * 48)).toBeLessThanOrEqual(0.001);
  });
});
