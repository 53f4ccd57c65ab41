import { Engine } from '@d-persona/shared/engine/engine.ts';
import type { StoredTensor, StoredWeights } from '@d-persona/shared/release/decode-release.ts';
import type { Core, Engines, SegmentationEngine } from './segmentation-engine.ts';

interface Held {
  readonly engine: Engine;
  users: number;
  /** Those that it has now. */
  heads?: StoredWeights;
}

/** What an engine that was never used has beyond its weights is no arena. */
const SLACK_BYTES = 2 ** 20;

/**
 * This project's own engine. Releases that differ in their heads alone share one: before it encodes, it is given the
 * heads of the release that is asked for.
 *
 * @param module `engine.wasm` or `engine-relaxed.wasm`
 */
export function wasmEngines(module: WebAssembly.Module): Engines {
  const cores = new Map<string, Held>();
  const leave = (id: string, core: Held) => {
    core.users--;
    if (core.users === 0 && cores.get(id) === core) cores.delete(id); // its memory goes with it
  };
  return {
    hold(id) {
      const core = cores.get(id);
      if (core === undefined) return undefined;
      core.users++;
      return () => leave(id, core);
    },
    start(architecture, weights, size, id) {
      const known = cores.get(id);
      let core = known;
      if (core === undefined || core.engine.prepareHeads(weights) === null) {
        core = { engine: new Engine({ module, architecture, weights, size }), users: 0 };
        if (known === undefined) cores.set(id, core);
      }
      core.users++;
      return sharing(id, core, headsOf(weights), () => leave(id, core));
    },
  };
}

/** The heads alone, as they came: prepared, they take several times as much. */
function headsOf(weights: StoredWeights): StoredWeights {
  return new Map([...weights].filter(([name]) => name.startsWith('head/')));
}

function sharing(id: string, held: Held, heads: StoredWeights, dispose: () => void): SegmentationEngine {
  const { engine } = held;
  const core: Core = {
    id,
    get bytes() {
      return engine.bytes;
    },
    weightBytes: engine.weightBytes,
    bytesFor: (size) => engine.bytesFor(size),
    trim() {
      if (engine.bytes - engine.weightBytes < SLACK_BYTES) return false;
      engine.trim();
      return true;
    },
  };
  return {
    encode: (input, size) => {
      if (held.heads !== heads) {
        const prepared = engine.prepareHeads(heads);
        if (prepared === null) throw new Error('heads that fitted a core do not any more');
        engine.useHeads(prepared);
        held.heads = heads;
      }
      return engine.encode(input, size);
    },
    probabilities: (encoding, latents) => engine.probabilities(encoding, latents),
    bytes: [...heads.values()].reduce((sum, tensor) => sum + bytesOf(tensor), 0),
    core,
    dispose,
  };
}

function bytesOf(tensor: StoredTensor): number {
  if ('data' in tensor) return tensor.data.byteLength;
  return tensor.int8.values.byteLength + tensor.int8.scales.byteLength;
}
