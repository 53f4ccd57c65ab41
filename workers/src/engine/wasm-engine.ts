import { Engine } from '@d-persona/shared/engine/engine.ts';
import type { StartEngine } from './segmentation-engine.ts';

/** This project's own engine. @param module `engine.wasm` or `engine-relaxed.wasm` */
export function wasmEngine(module: WebAssembly.Module): StartEngine {
  return (architecture, weights, size) => {
    const engine = new Engine({ module, architecture, weights, size });
    return {
      encode: (input, inputSize) => engine.encode(input, inputSize),
      probabilities: (encoding, latents) => engine.probabilities(encoding, latents),
      dispose() {}, // its memory goes with it
    };
  };
}
