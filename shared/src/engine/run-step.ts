import { preparedBytes, prepareFilters } from './filters.ts';
import { type Kernels, padded } from './kernels.ts';
import type { ConvolutionStep, Place, Step } from './steps.ts';

/** What steps run on. */
export interface Machine {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  /** Address of the arena. */
  readonly arena: number;
  /** Address of a convolution's description. */
  readonly description: number;
}

/** Words of a convolution's description. */
export const DESCRIPTION_WORDS = 24;

const RELU = 0;
const NONE = Number.NEGATIVE_INFINITY;

export function runStep(machine: Machine, step: Step): void {
  const { kernels, arena } = machine;
  const at = ({ buffer, offset }: Place) => arena + buffer.address + offset;
  switch (step.kind) {
    case 'convolution':
      convolve(machine, step, at);
      break;
    case 'first': {
      const { x, height, width, channels, filters, bias, out, outputs, scratch } = step;
      kernels.firstConvolution(
        at(x),
        height,
        width,
        channels,
        filters,
        bias,
        RELU,
        at(out),
        outputs,
        at(scratch),
      );
      break;
    }
    case 'pool': {
      const { x, height, width, channels, out } = step;
      kernels.averagePool(at(x), height, width, channels, at(out), 0, (height + 1) >> 1, 0);
      break;
    }
    case 'mean':
      kernels.sumMiddle(at(step.x), step.pixels, step.channels, 1 / step.pixels, at(step.out), 0, 1, 0);
      break;
    case 'panels':
      kernels.packPanels(at(step.x), step.rows, step.channels, at(step.out));
      break;
    case 'dense': {
      const { x, rows, k, matrix, bias, relu, out, n } = step;
      kernels.dense(at(x), rows, k, matrix, bias, relu ? RELU : NONE, at(out), n);
      break;
    }
    case 'patches':
      kernels.stemPatches(at(step.x), step.height, step.width, step.channels, at(step.out));
      break;
    case 'halve': {
      const { keep, x, height, width, channels, out } = step;
      if (keep === 'first') kernels.subsample(at(x), height, width, channels, at(out));
      else kernels.maxPool(at(x), height, width, channels, at(out), 0, (height + 1) >> 1, 0);
      break;
    }
    case 'add':
      kernels.addRelu(at(step.x), at(step.y), step.floats, at(step.x));
      break;
  }
}

function convolve(
  { kernels, memory, description }: Machine,
  step: ConvolutionStep,
  at: (place: Place) => number,
): void {
  const { filters, up, prepare, copies } = step;
  let { address } = filters;
  let { filtersStride } = step;
  if (prepare !== undefined) {
    address = at(prepare);
    filtersStride = preparedBytes(filters.method, filters.depth, filters.n);
    for (let i = 0; i < copies; i++) {
      const plain = filters.address + i * step.filtersStride;
      const scales = filters.scales === 0 ? 0 : filters.scales + i * step.biasStride;
      prepareFilters(kernels, { ...filters, scales }, plain, address + i * filtersStride, at(step.scratch));
    }
  }
  const words = new Int32Array(memory.buffer, description, DESCRIPTION_WORDS);
  words.set([
    up === undefined ? 0 : at(up.place),
    up?.height ?? 0,
    up?.width ?? 0,
    up === undefined ? 0 : padded(up.channels),
    at(step.plain),
    padded(step.plainChannels),
    step.plainTop,
    step.height,
    step.width,
    step.border,
    address,
    filters.bias,
    at(step.out),
    filters.n,
    step.outTop,
    step.outRows,
    0,
    step.blockRows,
    at(step.scratch),
    copies,
    filtersStride,
    step.biasStride,
    step.outStride,
    Number(step.nearest),
  ]);
  new Float32Array(memory.buffer, description, DESCRIPTION_WORDS)[16] = step.relu ? RELU : NONE;
  kernels[filters.method](description);
}
