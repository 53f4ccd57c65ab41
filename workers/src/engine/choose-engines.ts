import { chooseBuild } from '@d-persona/shared/engine/kernel-build.ts';
import base from '@d-persona/shared/kernels/engine.wasm';
import relaxed from '@d-persona/shared/kernels/engine-relaxed.wasm';
import type { Engines } from './segmentation-engine.ts';
import { wasmEngines } from './wasm-engine.ts';

/**
 * The engine that the operator chose, in the build that this runtime has the instructions for. TensorFlow.js is part
 * of the bundle, but is not evaluated before it is asked for, or needed because there is no SIMD.
 */
export async function chooseEngines(kind: 'wasm' | 'tfjs'): Promise<Engines> {
  const module = chooseBuild({ relaxed, base });
  if (kind === 'wasm' && module !== undefined) return wasmEngines(module);
  const [{ tfjsEngines }, { startBackend }] = await Promise.all([
    import('./tfjs-engine.ts'),
    import('./workerd-backend.ts'),
  ]);
  await startBackend();
  return tfjsEngines();
}
