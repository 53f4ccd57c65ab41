import * as tf from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../training-backend.ts';

/** A kernel of ours: attributes and inputs as TensorFlow.js gives them. */
export type TrainingKernel = (arguments_: {
  inputs: Readonly<Record<string, tf.TensorInfo | undefined>>;
  attributes: Readonly<Record<string, unknown>>;
  backend: TrainingBackend;
}) => tf.TensorInfo | tf.TensorInfo[];

/** TensorFlow.js' own kernels, and the names of ours, so that registering twice does not make ours its own fallback. */
const originals = new Map<string, tf.KernelConfig>();
const ours = new Set<string>();

/**
 * Registers a kernel for the backend `wasm`.
 *
 * @param handles where TensorFlow.js has this kernel too: which calls ours takes; it keeps the others
 */
export function register(
  name: string,
  kernel: TrainingKernel,
  handles: (
    attributes: Readonly<Record<string, unknown>>,
    inputs: Readonly<Record<string, tf.TensorInfo | undefined>>,
  ) => boolean = () => true,
): void {
  const registered = tf.getKernel(name, 'wasm') as tf.KernelConfig | undefined;
  const theirs = originals.get(name) ?? (ours.has(name) ? undefined : registered);
  if (theirs !== undefined) originals.set(name, theirs);
  if (registered !== undefined) tf.unregisterKernel(name, 'wasm');
  ours.add(name);
  tf.registerKernel({
    kernelName: name,
    backendName: 'wasm',
    // Theirs binds its WASM function when the backend starts.
    ...(theirs?.setupFunc === undefined ? {} : { setupFunc: theirs.setupFunc }),
    kernelFunc: (call) => {
      const attributes = (call.attrs ?? {}) as Readonly<Record<string, unknown>>;
      if (handles(attributes, call.inputs)) {
        return kernel({ inputs: call.inputs, attributes, backend: call.backend as TrainingBackend });
      }
      if (theirs === undefined) throw new Error(`${name} is called with attributes that it cannot do`);
      return theirs.kernelFunc(call);
    },
  });
}
