import { Engine } from '@d-persona/shared/engine/engine.ts';
import type { PlainWeights } from '@d-persona/shared/release/encode-release.ts';
import type { Engines, SegmentationEngine } from './segmentation-engine.ts';

interface Core {
  readonly engine: Engine;
  users: number;
  /** Those that it has now. */
  heads?: PlainWeights;
}

/**
 * This project's own engine. Releases that differ in their heads alone share one: before it encodes, it is given the
 * heads of the release that is asked for.
 *
 * @param module `engine.wasm` or `engine-relaxed.wasm`
 */
export function wasmEngines(module: WebAssembly.Module): Engines {
  const cores = new Map<string, Core>();
  const leave = (id: string, core: Core) => {
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
function headsOf(weights: PlainWeights): PlainWeights {
  return new Map([...weights].filter(([name]) => name.startsWith('head/')));
}

function sharing(id: string, core: Core, heads: PlainWeights, dispose: () => void): SegmentationEngine {
  const { engine } = core;
  return {
    encode: (input, size) => {
      if (core.heads !== heads) {
        const prepared = engine.prepareHeads(heads);
        if (prepared === null) throw new Error('heads that fitted a core do not any more');
        engine.useHeads(prepared);
        core.heads = heads;
      }
      return engine.encode(input, size);
    },
    probabilities: (encoding, latents) => engine.probabilities(encoding, latents),
    bytes: [...heads.values()].reduce((sum, { data }) => sum + data.byteLength, 0),
    get core() {
      return { id, bytes: engine.bytes };
    },
    dispose,
  };
}
