import { readFile } from 'node:fs/promises';
import { engineModule } from '@d-persona/shared/engine/engine.fixtures.ts';
import { Engine } from '@d-persona/shared/engine/engine.ts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const numbers = z.array(z.number());
const caseSchema = z.object({
  finalRelu: z.boolean(),
  keys: z.enum(['raw', 'standardised']),
  weights: z.record(z.string(), numbers),
  inputs: z.object({ images: numbers }),
  priorMu: numbers,
  priorLogSigma: numbers,
  queries: numbers,
  prompts: numbers,
  personaLogits: numbers,
});
const shape = z.object({
  N: z.int(),
  H: z.int(),
  W: z.int(),
  C: z.int(),
  R: z.int(),
  D: z.int(),
  widths: numbers,
  heads: numbers,
});

/** Made by `make_golden.py` from an independent PyTorch implementation. */
const golden = z
  .object({ shape, cases: z.record(z.string(), caseSchema) })
  .parse(JSON.parse(await readFile(new URL('golden.json', import.meta.url), 'utf8')));
const { N, H, W, C, R, D, widths, heads } = golden.shape;

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs(value - (actual[i] as number))).toBeLessThan(1e-4);
}

describe.each(Object.entries(golden.cases))(
  'the edge engine and the independent implementation: %s',
  (_, theirs) => {
    it.each(['engine', 'engine-relaxed'] as const)('agree (%s)', async (variant) => {
      const size = { height: H, width: W };
      const engine = new Engine({
        module: await engineModule(variant),
        architecture: {
          backbone: 'unet',
          channels: C,
          personas: R,
          latent: D,
          widths,
          posterior: 'all',
          head: { widths: heads, finalRelu: theirs.finalRelu, padding: 1, dropout: 0 },
          keys: theirs.keys,
        },
        weights: new Map(
          Object.entries(theirs.weights).map(([name, values]) => [name, { data: Float32Array.from(values) }]),
        ),
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
