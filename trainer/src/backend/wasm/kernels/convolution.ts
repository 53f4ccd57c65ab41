import type { KernelPool } from '../kernel-pool.ts';
import type { TrainingBackend } from '../training-backend.ts';
import { type ConvolutionShape, POINTWISE_CHUNK, planPointwise, planWinograd } from './plan.ts';

/** Filter [size, size, rows, columns] and how the convolution reads it. */
export interface FilterView {
  readonly address: number;
  readonly size: 1 | 3;
  /** Shape of the stored filter's last two dimensions. */
  readonly rows: number;
  readonly columns: number;
  /** Rotated by 180° with inputs and outputs exchanged: the convolution's gradient for its input. */
  readonly transposed: boolean;
}

const FLOAT = 4;

/**
 * Convolution of stride 1 with "same" padding: out = max(low, x ∗ filter + bias).
 *
 * @param x, mask, bias, out addresses; without mask or bias: 0. x counts as 0 where the mask is not above 0
 * @param relu whether the result is held at 0 and above
 */
export function convolve(
  backend: TrainingBackend,
  shape: ConvolutionShape,
  operands: { x: number; mask: number; filter: FilterView; bias: number; relu: boolean; out: number },
): void {
  if (operands.filter.size === 1) convolvePointwise(backend, shape, operands);
  else convolveWinograd(backend, shape, operands);
}

/** Bytes from an input channel, and from an output channel, of the executed convolution to the next. */
function strides({ columns, transposed }: FilterView): [number, number] {
  return transposed ? [FLOAT, columns * FLOAT] : [columns * FLOAT, FLOAT];
}

function convolveWinograd(
  { kernels, scratch }: TrainingBackend,
  shape: ConvolutionShape,
  { x, mask, filter, bias, relu, out }: Parameters<typeof convolve>[2],
): void {
  const { height, width, inputs, outputs } = shape;
  const plan = planWinograd(shape, kernels.threads);
  const [prepared, work] = scratch.reserve(plan.filterBytes, plan.scratchBytes * kernels.threads);
  const tap = filter.rows * filter.columns * FLOAT;
  const [row, column] = strides(filter);
  const first = filter.transposed ? filter.address + 8 * tap : filter.address;
  const depth = (inputs + 3) & ~3;
  kernels.run(
    ...(['winogradFilter', depth, filterShare(depth, outputs, kernels.threads)] as const),
    ...[
      first,
      filter.transposed ? -tap : tap,
      row,
      column,
      inputs,
      outputs,
      prepared,
      work,
      plan.scratchBytes,
    ],
  );
  kernels.run(
    ...(['winogradConvolution', plan.tileRows, plan.chunkRows] as const),
    ...[x, mask, height, width, inputs, prepared, bias, out, outputs, lowest(relu), plan.blockRows],
    ...[work, plan.scratchBytes],
  );
}

function convolvePointwise(
  { kernels, scratch }: TrainingBackend,
  shape: ConvolutionShape,
  { x, mask, filter, bias, relu, out }: Parameters<typeof convolve>[2],
): void {
  const { inputs, outputs } = shape;
  const plan = planPointwise(shape);
  const [packed, work] = scratch.reserve(plan.filterBytes, plan.scratchBytes * kernels.threads);
  kernels.call('pointwiseFilter', filter.address, ...strides(filter), bias, inputs, outputs, packed);
  kernels.run(
    ...(['pointwiseConvolution', plan.pixels, POINTWISE_CHUNK] as const),
    ...[x, mask, inputs, packed, out, outputs, lowest(relu), work, plan.scratchBytes],
  );
}

/** Smaller filters are transformed before another thread would have woken. */
const SHARED_FILTER = 4096;

/** Input channels of a filter that a thread transforms at a time. */
function filterShare(inputs: number, outputs: number, threads: number): number {
  return inputs * outputs < SHARED_FILTER ? inputs : Math.ceil(inputs / threads);
}

function lowest(relu: boolean): number {
  return relu ? 0 : Number.NEGATIVE_INFINITY;
}

/**
 * The gradient of {@link convolve} for its filter and its bias.
 *
 * @param size of the filter
 * @param operands addresses; `mask` is the ReLU's output, or 0
 */
export function convolveFilterGradient(
  { kernels, scratch }: TrainingBackend,
  shape: ConvolutionShape,
  size: 1 | 3,
  operands: { x: number; dy: number; mask: number; dFilter: number; dBias: number },
): void {
  const { height, width, inputs, outputs } = shape;
  const { x, dy, mask, dFilter, dBias } = operands;
  const { threads } = kernels;
  if (size === 1) {
    const { pixels, shares, sharePixels, accumulatorBytes, scratchBytes } = planPointwise(shape);
    const [accumulators, work] = scratch.reserve(accumulatorBytes * shares, scratchBytes * threads);
    clearAccumulators(kernels, accumulators, accumulatorBytes, shares);
    kernels.run(
      ...(['pointwiseFilterGradient', pixels, sharePixels] as const),
      ...[x, dy, mask, inputs, outputs, accumulators, accumulatorBytes, sharePixels, work, scratchBytes],
    );
    kernels.call(
      'reducePointwiseFilterGradient',
      ...[accumulators, accumulatorBytes, shares, inputs, outputs, dFilter, dBias],
    );
    return;
  }
  const { tileRows, shares, shareRows, blockRows, accumulatorBytes, scratchBytes } = planWinograd(
    shape,
    threads,
  );
  const [accumulators, work] = scratch.reserve(accumulatorBytes * shares, scratchBytes * threads);
  clearAccumulators(kernels, accumulators, accumulatorBytes, shares);
  kernels.run(
    ...(['winogradFilterGradient', tileRows, shareRows] as const),
    ...[x, dy, mask, height, width, inputs, outputs, accumulators, accumulatorBytes, shareRows, blockRows],
    ...[work, scratchBytes],
  );
  kernels.run(
    ...(['reduceWinogradFilterGradient', inputs, filterShare(inputs, outputs, threads)] as const),
    ...[accumulators, accumulatorBytes, shares, inputs, outputs, dFilter, dBias, work, scratchBytes],
  );
}

function clearAccumulators(kernels: KernelPool, accumulators: number, stride: number, shares: number): void {
  for (let share = 0; share < shares; share++) kernels.call('clearFlag', accumulators + share * stride);
}
