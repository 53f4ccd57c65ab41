import { personaLatents, sampleLatents } from '@d-persona/shared/engine/prompts.ts';
import type { Model } from '../engine/model.ts';
import type { OpenCase } from './open-case.ts';
import type { Prompts } from './prompt-cache.ts';

/** What of a case maps are made of. */
type Encoded = Pick<OpenCase, 'encoding' | 'prompts' | 'seed'>;

/** The latent vectors of all personas: computed when the case is made, and kept with it. */
export function casePrompts({ encoding, prompts, seed }: Encoded, { manifest, bankSize }: Model): Prompts {
  return prompts.get(seed, () => personaLatents(encoding, manifest.architecture.keys, bankSize, seed));
}

/** Probability maps of personas, on the model's grid, one at a time. @param personas indices; all of them if not given */
export function personaMaps(
  open: Encoded,
  model: Model,
  personas?: readonly number[],
): Iterable<Float32Array> {
  const latents = casePrompts(open, model);
  const chosen =
    personas === undefined ? latents : personas.map((persona) => latents[persona] as Float32Array);
  return model.engine.probabilities(open.encoding, chosen);
}

/** Probability maps of diversified samples, on the model's grid, one at a time. */
export function sampleMaps(
  { encoding, seed }: Encoded,
  { engine }: Model,
  samples: number,
): Iterable<Float32Array> {
  return engine.probabilities(encoding, sampleLatents(encoding, samples, seed));
}
