import type * as tf from '@tensorflow/tfjs-core';
import { register } from './register.ts';
import type { Output, Tensorflow } from './tensorflow.ts';

/** The inputs `w0`, `w1`, … in order. */
function tensorsOf(inputs: Readonly<Record<string, tf.TensorInfo | undefined>>): tf.TensorInfo[] {
  const tensors: tf.TensorInfo[] = [];
  for (let w = inputs.w0; w !== undefined; w = inputs[`w${tensors.length}`]) tensors.push(w);
  return tensors;
}

/** As many scalars as one vector, √2·√(each). */
function rootOfDoubles(tensorflow: Tensorflow, halves: readonly Output[]): Output {
  const attributes = [
    ...tensorflow.float,
    tensorflow.integer('N', halves.length),
    tensorflow.integer('axis', 0),
  ];
  const packed = tensorflow.run(
    'Pack',
    attributes,
    halves.map(({ id }) => id),
  );
  tensorflow.release(...halves);
  const doubled = tensorflow.pass(packed, 'Mul', tensorflow.float, [tensorflow.constant(2, 'float32')]);
  return tensorflow.pass(doubled, 'Sqrt', tensorflow.float);
}

/** Norms of many tensors, and the gradient of their weighted sum: see `losses/weight-norms.ts`. */
export function registerNorms(): void {
  register('TensorNorms', ({ inputs, tensorflow }) => {
    // L2Loss is ½Σw², in one pass.
    const halves = tensorsOf(inputs).map((w) =>
      tensorflow.run('L2Loss', tensorflow.float, [tensorflow.handle(w)]),
    );
    return tensorflow.tensor(rootOfDoubles(tensorflow, halves));
  });

  register('TensorNormGradients', ({ inputs, tensorflow }) => {
    const tensors = tensorsOf(inputs);
    const { dy, norms } = inputs as { dy: tf.TensorInfo; norms: tf.TensorInfo };
    const floor = tensorflow.constant(1e-12, 'float32');
    const held = tensorflow.run('Maximum', tensorflow.float, [tensorflow.handle(norms), floor]);
    const factors = tensorflow.run('RealDiv', tensorflow.float, [tensorflow.handle(dy), held.id]);
    const attributes = [
      ...tensorflow.float,
      tensorflow.integer('num', tensors.length),
      tensorflow.integer('axis', 0),
    ];
    const each = tensorflow.runAll('Unpack', attributes, [factors.id], tensors.length);
    tensorflow.release(held, factors);
    return tensors.map((w, i) => {
      const factor = each[i] as Output;
      return tensorflow.tensor(tensorflow.pass(factor, 'Mul', tensorflow.float, [tensorflow.handle(w)]));
    });
  });
}
