import * as tf from '@tensorflow/tfjs-core';
import { convolve, convolveFilterGradient } from './convolution.ts';
import type { ConvolutionShape } from './plan.ts';
import { register } from './register.ts';

type Shape4D = readonly [number, number, number, number];

/** Whether a FusedConv2D is one that our kernels do: 3×3 or 1×1, stride 1, "same", ReLU or nothing, no PReLU. */
function handled(
  attributes: Readonly<Record<string, unknown>>,
  { filter, preluActivationWeights }: Readonly<Record<string, tf.TensorInfo | undefined>>,
): boolean {
  const { strides, pad, dataFormat, dilations, activation } = attributes;
  const [height, width] = filter?.shape ?? [];
  return (
    [strides, dilations ?? 1].flat().every((n) => n === 1) &&
    pad === 'same' &&
    (dataFormat ?? 'NHWC') === 'NHWC' &&
    (activation === 'relu' || activation === 'linear') &&
    height === width &&
    (height === 1 || height === 3) &&
    preluActivationWeights == null
  );
}

/** @param x shape [N,H,W,from] @param filter shape [k,k,from,to] */
function shapeOf(x: readonly number[], filter: readonly number[]): ConvolutionShape & { size: 1 | 3 } {
  const [images, height, width, inputs] = x as Shape4D;
  const [size, , , outputs] = filter as Shape4D;
  return { images, height, width, inputs, outputs, size: size as 1 | 3 };
}

/** FusedConv2D and its gradients: see `gradients.ts` for how differentiation calls them. */
export function registerFusedConvolution(): void {
  register(
    tf.FusedConv2D,
    ({ inputs, attributes, backend }) => {
      const { x, filter, bias } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo; bias?: tf.TensorInfo };
      const shape = shapeOf(x.shape, filter.shape);
      const out = backend.makeOutput([...x.shape.slice(0, 3), shape.outputs], 'float32');
      convolve(backend, shape, {
        x: backend.address(x),
        mask: 0,
        filter: {
          address: backend.address(filter),
          size: shape.size,
          rows: shape.inputs,
          columns: shape.outputs,
          transposed: false,
        },
        bias: backend.address(bias ?? undefined),
        relu: attributes.activation === 'relu',
        out: backend.address(out),
      });
      return out;
    },
    handled,
  );

  register('FusedConv2DBackpropInput', ({ inputs, attributes, backend }) => {
    const { dy, y, filter } = inputs as { dy: tf.TensorInfo; y: tf.TensorInfo; filter: tf.TensorInfo };
    const [size, , rows, columns] = filter.shape as unknown as Shape4D;
    const [images, height, width] = dy.shape as unknown as Shape4D;
    const out = backend.makeOutput([images, height, width, rows], 'float32');
    convolve(
      backend,
      { images, height, width, inputs: columns, outputs: rows },
      {
        x: backend.address(dy),
        mask: attributes.activation === 'relu' ? backend.address(y) : 0,
        filter: { address: backend.address(filter), size: size as 1 | 3, rows, columns, transposed: true },
        bias: 0,
        relu: false,
        out: backend.address(out),
      },
    );
    return out;
  });

  register('FusedConv2DBackpropFilter', ({ inputs, attributes, backend }) => {
    const { dy, y, x } = inputs as { dy: tf.TensorInfo; y: tf.TensorInfo; x: tf.TensorInfo };
    const filterShape = attributes.filterShape as Shape4D;
    const shape = shapeOf(x.shape, filterShape);
    const dFilter = backend.makeOutput([...filterShape], 'float32');
    const dBias = backend.makeOutput([shape.outputs], 'float32');
    convolveFilterGradient(backend, shape, shape.size, {
      x: backend.address(x),
      dy: backend.address(dy),
      mask: attributes.activation === 'relu' ? backend.address(y) : 0,
      dFilter: backend.address(dFilter),
      dBias: backend.address(dBias),
    });
    return [dFilter, dBias];
  });
}
