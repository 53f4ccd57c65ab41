import { Engine } from '@d-persona/shared/engine/engine.ts';
import { personaLatents, sampleLatents } from '@d-persona/shared/engine/prompts.ts';
import { PAPER, randomImage, randomWeights } from '@d-persona/shared/engine/random-release.fixtures.ts';
import { DisagreementAccumulator } from '@d-persona/shared/mask/disagreement.ts';
import { type Peer, SAMPLES } from './peer.ts';

/** This project's engine. */
export function enginePeer(module: WebAssembly.Module, side: number): Peer {
  const size = { height: side, width: side };
  const engine = new Engine({
    module,
    architecture: PAPER,
    weights: randomWeights(PAPER, 1, true),
    size,
  });
  const image = randomImage({ height: side, width: side }, 1, 2);
  let encoding = engine.encode(image, size);
  let latents = personaLatents(encoding, PAPER.keys, 500, 0);
  let map: Float32Array<ArrayBufferLike> = new Float32Array();
  const draw = (vectors: readonly Float32Array[]) => {
    for (const drawn of engine.probabilities(encoding, vectors)) map = drawn;
  };
  return {
    encode() {
      encoding = engine.encode(image, size);
      latents = personaLatents(encoding, PAPER.keys, 500, 0);
    },
    personas: () => draw(latents),
    persona: () => draw(latents.slice(0, 1)),
    samples50() {
      const spread = new DisagreementAccumulator(side * side);
      for (const drawn of engine.probabilities(encoding, sampleLatents(encoding, SAMPLES, 0)))
        spread.add(drawn);
      map = spread.deviation();
    },
    memoryBytes: () => engine.bytes,
    map: () => map,
  };
}
