import type { Model } from '../engine/model.ts';
import type { Stages } from './stages.ts';

/** A model whose work is counted in a request's stages. */
export function timedModel(model: Model, stages: Stages): Model {
  const { engine } = model;
  return {
    ...model,
    engine: {
      encode: (input, size) => stages.time('features', () => engine.encode(input, size)),
      probabilities: (encoding, latents) => stages.each('decoder', engine.probabilities(encoding, latents)),
      bytes: engine.bytes,
      ...(engine.core === undefined ? {} : { core: engine.core }),
      dispose: () => engine.dispose(),
    },
  };
}
