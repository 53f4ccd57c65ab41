import * as tf from '@tensorflow/tfjs-core';
import { register } from './register.ts';
import type { Attributes, Tensorflow } from './tensorflow.ts';

/** Whether a pooling has a border that is given in pixels, which TensorFlow.js refuses to hand to TensorFlow. */
function handled({ pad }: Readonly<Record<string, unknown>>): boolean {
  return typeof pad === 'number' && pad > 0;
}

function poolingOf(tensorflow: Tensorflow, attributes: Readonly<Record<string, unknown>>): Attributes {
  const { filterSize, strides, pad } = attributes as { filterSize: number[]; strides: number[]; pad: number };
  const [height, width] = [filterSize, filterSize].flat() as [number, number];
  const [down, right] = [strides, strides].flat() as [number, number];
  return [
    ...tensorflow.float,
    tensorflow.integer('ksize', [1, height, width, 1]),
    tensorflow.integer('strides', [1, down, right, 1]),
    tensorflow.text('padding', 'EXPLICIT'),
    tensorflow.integer('explicit_paddings', [0, 0, pad, pad, pad, pad, 0, 0]),
    tensorflow.text('data_format', 'NHWC'),
  ];
}

/** MaxPool and its gradient with a border given in pixels, as the backbone `resnet34` has it. */
export function registerPooling(): void {
  register(
    tf.MaxPool,
    ({ inputs, attributes, tensorflow }) => {
      const x = tensorflow.handle(inputs.x as tf.TensorInfo);
      return tensorflow.tensor(tensorflow.run('MaxPool', poolingOf(tensorflow, attributes), [x]));
    },
    handled,
  );
  register(
    tf.MaxPoolGrad,
    ({ inputs, attributes, tensorflow }) => {
      const { input, output, dy } = inputs as Record<'input' | 'output' | 'dy', tf.TensorInfo>;
      const handles = [input, output, dy].map((tensor) => tensorflow.handle(tensor));
      return tensorflow.tensor(tensorflow.run('MaxPoolGrad', poolingOf(tensorflow, attributes), handles));
    },
    handled,
  );
}
