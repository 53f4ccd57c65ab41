import relaxed from '@d-persona/shared/kernels/engine-relaxed.wasm';
import type { Engines } from './segmentation-engine.ts';
import { wasmEngines } from './wasm-engine.ts';

/**
 * The engine that the operator chose. workerd has relaxed SIMD. TensorFlow.js is part of the bundle, but is not
 * evaluated before it is asked for.
 */
export async function chooseEngines(kind: 'wasm' | 'tfjs'): Promise<Engines> {
  if (kind === 'wasm') return wasmEngines(relaxed);
  const [{ tfjsEngines }, { startBackend }] = await Promise.all([
    import('./tfjs-engine.ts'),
    import('./workerd-backend.ts'),
  ]);
  await startBackend();
  return tfjsEngines();
}
