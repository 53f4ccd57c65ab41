import * as tf from '@tensorflow/tfjs-core';
import { register } from './register.ts';
import type { Attributes, Handle, Output, Tensorflow } from './tensorflow.ts';

/** Attributes of a convolution of stride 1 with "same" padding, and of its gradients. */
function convolutionOf(tensorflow: Tensorflow): Attributes {
  return [
    ...tensorflow.float,
    tensorflow.integer('strides', [1, 1, 1, 1]),
    tensorflow.integer('dilations', [1, 1, 1, 1]),
    tensorflow.text('padding', 'SAME'),
    tensorflow.text('data_format', 'NHWC'),
  ];
}

/** Whether a FusedConv2D is one of the model's: stride 1, "same", ReLU or nothing. */
function handled({ strides, pad, dataFormat, dilations, activation }: Readonly<Record<string, unknown>>) {
  return (
    [strides, dilations ?? 1].flat().every((n) => n === 1) &&
    pad === 'same' &&
    (dataFormat ?? 'NHWC') === 'NHWC' &&
    (activation === 'relu' || activation === 'linear')
  );
}

/** act(x ∗ W + b) as handles. @param bias absent: none */
export function convolve(
  tensorflow: Tensorflow,
  x: Handle,
  filter: Handle,
  bias: Handle | undefined,
  relu: boolean,
): Output {
  const attributes = convolutionOf(tensorflow);
  const product = tensorflow.run('Conv2D', attributes, [x, filter]);
  const sum = bias === undefined ? product : tensorflow.pass(product, 'BiasAdd', tensorflow.float, [bias]);
  return relu ? tensorflow.pass(sum, 'Relu', tensorflow.float) : sum;
}

/** δ = ∂L/∂y where y is above 0, of the convolution that was differentiated last. */
class LastMask {
  #of: { dy: object; y: object; delta: Output } | undefined;

  /** The input's gradient is asked for right before the filter's: both read the same δ. */
  delta(tensorflow: Tensorflow, dy: tf.TensorInfo, y: tf.TensorInfo): Output {
    if (this.#of !== undefined && this.#of.dy === dy.dataId && this.#of.y === y.dataId) return this.#of.delta;
    this.clear(tensorflow);
    const inputs = [tensorflow.handle(dy), tensorflow.handle(y)];
    const delta = tensorflow.run('ReluGrad', tensorflow.float, inputs);
    this.#of = { dy: dy.dataId, y: y.dataId, delta };
    return delta;
  }

  clear(tensorflow: Tensorflow): void {
    if (this.#of !== undefined) tensorflow.release(this.#of.delta);
    this.#of = undefined;
  }
}

/** FusedConv2D and its gradients: see `gradients.ts` for how differentiation calls them. */
export function registerConvolution(): void {
  register(
    tf.FusedConv2D,
    ({ inputs, attributes, tensorflow }) => {
      const { x, filter, bias } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo; bias?: tf.TensorInfo };
      const [ofX, ofFilter] = [tensorflow.handle(x), tensorflow.handle(filter)];
      const ofBias = bias == null ? undefined : tensorflow.handle(bias);
      return tensorflow.tensor(convolve(tensorflow, ofX, ofFilter, ofBias, attributes.activation === 'relu'));
    },
    (attributes, { preluActivationWeights }) => preluActivationWeights == null && handled(attributes),
  );

  const last = new LastMask();

  register('FusedConv2DBackpropInput', ({ inputs, attributes, tensorflow }) => {
    const { dy, y, filter } = inputs as { dy: tf.TensorInfo; y: tf.TensorInfo; filter: tf.TensorInfo };
    const delta = attributes.activation === 'relu' ? last.delta(tensorflow, dy, y).id : tensorflow.handle(dy);
    const shape = tensorflow.constant([...dy.shape.slice(0, 3), filter.shape[2] as number], 'int32');
    return tensorflow.tensor(
      tensorflow.run('Conv2DBackpropInput', convolutionOf(tensorflow), [
        shape,
        tensorflow.handle(filter),
        delta,
      ]),
    );
  });

  register('FusedConv2DBackpropFilter', ({ inputs, attributes, tensorflow }) => {
    const { dy, y, x } = inputs as { dy: tf.TensorInfo; y: tf.TensorInfo; x: tf.TensorInfo };
    const delta = attributes.activation === 'relu' ? last.delta(tensorflow, dy, y).id : tensorflow.handle(dy);
    const shape = tensorflow.constant(attributes.filterShape as number[], 'int32');
    const ofFilter = tensorflow.run('Conv2DBackpropFilter', convolutionOf(tensorflow), [
      tensorflow.handle(x),
      shape,
      delta,
    ]);
    const ofBias = tensorflow.run('BiasAddGrad', tensorflow.float, [delta]);
    last.clear(tensorflow);
    return [tensorflow.tensor(ofFilter), tensorflow.tensor(ofBias)];
  });

  register('ReluGrad', ({ inputs, tensorflow }) => {
    const { dy, x } = inputs as { dy: tf.TensorInfo; x: tf.TensorInfo };
    return tensorflow.tensor(
      tensorflow.run('ReluGrad', tensorflow.float, [tensorflow.handle(dy), tensorflow.handle(x)]),
    );
  });
}
