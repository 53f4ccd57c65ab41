import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

/*
 * The plain JavaScript backend is what the fast ones are checked against, and two of its gradient kernels are wrong in
 * tfjs 4.22: AvgPoolGrad divides by the whole window also where the window hangs over an odd edge, and
 * ResizeBilinearGrad swaps height and width of its result. Both are registered anew here.
 */

interface CpuBackend {
  data: { get(id: object): { values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): tf.TensorInfo;
}

type Shape4D = [number, number, number, number];

/** Registers a kernel of the CPU backend that maps ∂L/∂y to ∂L/∂x of the input's shape. */
function registerGradientKernel(
  kernelName: string,
  input: string,
  compute: (
    dy: Float32Array,
    dyShape: Shape4D,
    dx: Float32Array,
    dxShape: Shape4D,
    attrs: tf.NamedAttrMap,
  ) => void,
): void {
  tf.unregisterKernel(kernelName, 'cpu');
  tf.registerKernel({
    kernelName,
    backendName: 'cpu',
    kernelFunc({ inputs, backend, attrs = {} }) {
      const cpu = backend as CpuBackend;
      const dy = inputs.dy as tf.TensorInfo;
      const { shape } = inputs[input] as tf.TensorInfo;
      const dx = new Float32Array(shape.reduce((a, b) => a * b, 1));
      compute(cpu.data.get(dy.dataId).values, dy.shape as Shape4D, dx, shape as Shape4D, attrs);
      return cpu.makeTensorInfo(shape, 'float32', dx);
    },
  });
}

/** 2×2 windows of stride 2: each pixel gets its window's gradient over the number of pixels that the window holds. */
registerGradientKernel(tf.AvgPoolGrad, 'input', (dy, [, rows, columns], dx, [n, height, width, channels]) => {
  for (let i = 0; i < n * height * width * channels; i++) {
    const c = i % channels;
    const x = Math.floor(i / channels) % width;
    const y = Math.floor(i / (channels * width)) % height;
    const image = Math.floor(i / (channels * width * height));
    const [row, column] = [y >> 1, x >> 1];
    const held = Math.min(2, height - 2 * row) * Math.min(2, width - 2 * column);
    dx[i] = (dy[((image * rows + row) * columns + column) * channels + c] as number) / held;
  }
});

/** Transpose of bilinear interpolation: each output pixel hands its gradient to the four that it was made of. */
registerGradientKernel(
  tf.ResizeBilinearGrad,
  'images',
  (dy, [n, rows, columns, channels], dx, [, height, width], { alignCorners }) => {
    const step = (from: number, to: number) => (alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to);
    const [stepY, stepX] = [step(height, rows), step(width, columns)];
    for (let i = 0; i < n * rows * columns; i++) {
      const y = stepY * (Math.floor(i / columns) % rows);
      const x = stepX * (i % columns);
      const image = Math.floor(i / (rows * columns));
      const [top, left] = [Math.floor(y), Math.floor(x)];
      for (const [row, shareY] of [
        [top, 1 - (y - top)],
        [Math.min(top + 1, height - 1), y - top],
      ] as const) {
        for (const [column, shareX] of [
          [left, 1 - (x - left)],
          [Math.min(left + 1, width - 1), x - left],
        ] as const) {
          const to = ((image * height + row) * width + column) * channels;
          for (let c = 0; c < channels; c++) {
            dx[to + c] = (dx[to + c] as number) + shareY * shareX * (dy[i * channels + c] as number);
          }
        }
      }
    }
  },
);
