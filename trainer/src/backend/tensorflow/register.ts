import * as tf from '@tensorflow/tfjs-core';
import { type NodeBackend, Tensorflow } from './tensorflow.ts';

type Inputs = Readonly<Record<string, tf.TensorInfo | undefined>>;
type Attributes = Readonly<Record<string, unknown>>;

/** A kernel of ours for the backend `tensorflow`: inputs and attributes as TensorFlow.js gives them. */
export type TensorflowKernel = (call: {
  inputs: Inputs;
  attributes: Attributes;
  tensorflow: Tensorflow;
}) => tf.Tensor | tf.Tensor[];

const BACKEND = 'tensorflow';

/** One for each backend object, which a test may start anew. */
const calls = new WeakMap<object, Tensorflow>();

function tensorflowOf(backend: object): Tensorflow {
  const known = calls.get(backend);
  if (known !== undefined) return known;
  const made = new Tensorflow(backend as NodeBackend);
  calls.set(backend, made);
  return made;
}

/**
 * Registers a kernel for the backend `tensorflow`.
 *
 * @param handles where TensorFlow.js has this kernel too: which calls ours takes; it keeps the others
 */
export function register(
  kernelName: string,
  kernel: TensorflowKernel,
  handles: (attributes: Attributes, inputs: Inputs) => boolean = () => true,
): void {
  const theirs = tf.getKernel(kernelName, BACKEND) as tf.KernelConfig | undefined;
  if (theirs != null) tf.unregisterKernel(kernelName, BACKEND);
  tf.registerKernel({
    kernelName,
    backendName: BACKEND,
    kernelFunc: (call) => {
      const attributes = (call.attrs ?? {}) as Attributes;
      if (handles(attributes, call.inputs)) {
        const tensorflow = tensorflowOf(call.backend as object);
        return kernel({ inputs: call.inputs, attributes, tensorflow });
      }
      if (theirs == null) throw new Error(`${kernelName} is called with attributes that it cannot do`);
      return theirs.kernelFunc(call);
    },
  });
}
