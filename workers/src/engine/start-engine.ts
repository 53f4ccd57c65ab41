import relaxed from '@d-persona/shared/kernels/engine-relaxed.wasm';
import type { StartEngine } from './segmentation-engine.ts';
import { wasmEngine } from './wasm-engine.ts';

/**
 * The engine that the operator chose. workerd has relaxed SIMD. TensorFlow.js is part of the bundle, but is not
 * evaluated before it is asked for.
 */
export async function startEngine(kind: 'wasm' | 'tfjs'): Promise<StartEngine> {
  if (kind === 'wasm') return wasmEngine(relaxed);
  const [{ TfjsEngine }, { startBackend }] = await Promise.all([
    import('./tfjs-engine.ts'),
    import('./workerd-backend.ts'),
  ]);
  await startBackend();
  return (architecture, weights) => new TfjsEngine(architecture, weights);
}
