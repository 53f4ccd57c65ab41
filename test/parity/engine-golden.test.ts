import { engineModule } from '@d-persona/shared/engine/engine.fixtures.ts';
import { Engine } from '@d-persona/shared/engine/engine.ts';
import { foldWeights } from '@d-persona/shared/model/fold-weights.ts';
import { weightSpecs } from '@d-persona/shared/model/weights.ts';
import { describe, expect, it } from 'vitest';
import { architectureOf, type Golden, type GoldenCase, readGolden } from './golden.ts';

const goldens = await Promise.all([readGolden('unet'), readGolden('resnet34')]);
const cases = goldens.flatMap((golden) =>
  Object.entries(golden.cases).map(([preset, theirs]) => [golden.backbone, preset, golden, theirs] as const),
);

/** A case's weights as a release holds them. */
function releaseWeights(golden: Golden, theirs: GoldenCase) {
  const architecture = architectureOf(golden, theirs);
  const plain = weightSpecs(architecture).map(
    ({ name, shape }) => [name, { shape, data: Float32Array.from(theirs.weights[name] ?? []) }] as const,
  );
  return foldWeights(new Map(plain), architecture);
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs(value - (actual[i] as number))).toBeLessThan(1e-4);
}

describe.each(cases)(
  'the edge engine and the independent implementation: %s, %s',
  (_, __, golden, theirs) => {
    it.each(['engine', 'engine-relaxed'] as const)('agree (%s)', async (variant) => {
      const { N, H, W, R, D } = golden.shape;
      const size = { height: H, width: W };
      const engine = new Engine({
        module: await engineModule(variant),
        architecture: architectureOf(golden, theirs),
        weights: releaseWeights(golden, theirs),
        size,
      });
      const of = (values: readonly number[], image: number) => {
        const each = values.length / N;
        return values.slice(image * each, (image + 1) * each);
      };
      for (let image = 0; image < N; image++) {
        const encoding = engine.encode(Float32Array.from(of(theirs.inputs.images, image)), size);
        expectClose(encoding.mu, of(theirs.priorMu, image));
        expectClose(encoding.logSigma, of(theirs.priorLogSigma, image));
        expectClose(encoding.queries, of(theirs.queries, image));
        const prompts = of(theirs.prompts, image);
        const latents = Array.from({ length: R }, (_, e) =>
          Float32Array.from(prompts.slice(e * D, (e + 1) * D)),
        );
        const logits = of(theirs.personaLogits, image); // [H,W,R]
        for (const [persona, map] of [...engine.probabilities(encoding, latents)].entries()) {
          const own = logits.filter((_, i) => i % R === persona);
          expectClose(
            map,
            own.map((logit) => 1 / (1 + Math.exp(-logit))),
          );
        }
      }
    });
  },
);
