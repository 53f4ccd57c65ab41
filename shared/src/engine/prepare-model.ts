import { type Architecture, featureChannels, headWidths } from '../model/architecture.ts';
import { type Filters, type Joined, padKernel } from './filters.ts';
import { padded } from './kernels.ts';
import { prepareResidual, type ResidualFilters } from './prepare-residual.ts';
import type { Tuning } from './tuning.ts';
import type { WeightMemory } from './weight-memory.ts';

/** Height and width. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** A matrix [k, n] and a bias [n] in the engine's memory. */
export interface Matrix {
  readonly address: number;
  readonly bias: number;
  readonly k: number;
  readonly n: number;
}

/** One 3×3 convolution of every persona: `stride` and `biasStride` bytes from one persona's to the next one's. */
export interface HeadFilters extends Filters {
  readonly stride: number;
  readonly biasStride: number;
}

/** The U-Net of plain convolutions in the engine's memory. */
export interface PlainFilters {
  readonly down: ContractingFilters;
  /** Of each level but the deepest, finest first. */
  readonly up: readonly (readonly Filters[])[];
}

/** A release in the engine's memory. */
export interface PreparedModel {
  /** The backbone: one of the two. */
  readonly unet: PlainFilters | undefined;
  readonly residual: ResidualFilters | undefined;
  readonly prior: ContractingFilters;
  readonly priorOut: Matrix;
  /** The image half of the decoder's first layer. */
  readonly decoderFirst: Matrix;
  /** Address of what follows it: see the kernel `decode`. */
  readonly decoder: number;
  /** Of each stage of the heads: two. */
  readonly heads: readonly (readonly HeadFilters[])[];
  /** First address of the heads, which come last: see {@link prepareHeads}. */
  readonly headsAddress: number;
}

export interface ContractingFilters {
  readonly first: Matrix;
  /** Of each level: all but the very first convolution. */
  readonly levels: readonly (readonly Filters[])[];
}

/** Sizes of the maps of each level: pooling rounds odd sizes up. */
export function levelSizes({ height, width }: Size, levels: number): Size[] {
  const sizes = [{ height, width }];
  while (sizes.length < levels) sizes.push(halved(sizes.at(-1) as Size));
  return sizes;
}

export function halved({ height, width }: Size): Size {
  return { height: Math.ceil(height / 2), width: Math.ceil(width / 2) };
}

/** Puts a release's weights into the engine's memory. @param size of the images it is made for */
export function prepareModel(
  memory: WeightMemory,
  architecture: Architecture,
  size: Size,
  { chooseMethod }: Pick<Tuning, 'chooseMethod'>,
): PreparedModel {
  const { widths } = architecture;
  const sizes = levelSizes(size, widths.length);
  const filters = (name: string, joined: Joined, outputs: number, { height, width }: Size) => {
    const depth = joined.reduce((sum, channels) => sum + padded(channels), 0);
    return memory.filters([name], joined, outputs, chooseMethod(depth, padded(outputs), height, width));
  };
  const contracting = (part: string): ContractingFilters => ({
    first: firstFilters(memory, `${part}/down/0/conv0`, architecture),
    levels: widths.map((to, level) =>
      [0, 1, 2].slice(level === 0 ? 1 : 0).map((i) => {
        const from = i === 0 ? (widths[level - 1] as number) : to;
        return filters(`${part}/down/${level}/conv${i}`, [from], to, sizes[level] as Size);
      }),
    ),
  });
  const expanding = (to: number, level: number) =>
    [0, 1, 2].map((i) => {
      const joined = i === 0 ? [widths[level + 1] as number, to] : [to];
      return filters(`unet/up/${level}/conv${i}`, joined, to, sizes[level] as Size);
    });
  const plain = architecture.backbone === 'unet';
  const core = {
    unet: plain ? { down: contracting('unet'), up: widths.slice(0, -1).map(expanding) } : undefined,
    residual: plain ? undefined : prepareResidual(memory, architecture, size, chooseMethod),
    prior: contracting('prior'),
    priorOut: matrixOf(memory, 'prior/out', widths.at(-1) as number, 2 * architecture.latent),
    decoderFirst: decoderFirst(memory, architecture),
    decoder: decoderRest(memory, architecture),
  };
  const headsAddress = memory.end;
  return { ...core, headsAddress, heads: prepareHeads(memory, architecture, size, { chooseMethod }) };
}

/**
 * Puts the heads of all personas into the engine's memory: one block after everything else, which can be replaced by
 * that of another release on the same core.
 */
export function prepareHeads(
  memory: WeightMemory,
  architecture: Architecture,
  size: Size,
  { chooseMethod }: Pick<Tuning, 'chooseMethod'>,
): PreparedModel['heads'] {
  return headFilters(memory, architecture, size, chooseMethod);
}

/** The nine taps of each pixel as rows of a matrix. */
function firstFilters(memory: WeightMemory, name: string, { channels, widths }: Architecture): Matrix {
  const outputs = widths[0] as number;
  const kernel = memory.values(`${name}/kernel`);
  return pack(memory, padKernel(kernel, [9 * channels], outputs), memory.bias(name), 9 * channels, outputs);
}

/** A kernel whose taps and inputs are the rows of a matrix. */
export function matrixOf(memory: WeightMemory, name: string, inputs: number, outputs: number): Matrix {
  const kernel = padKernel(memory.values(`${name}/kernel`), [inputs], outputs);
  return pack(memory, kernel, memory.bias(name), inputs, outputs);
}

function pack(
  memory: WeightMemory,
  kernel: Float32Array,
  bias: Float32Array,
  inputs: number,
  outputs: number,
): Matrix {
  const [k, n] = [padded(inputs), padded(outputs)];
  const address = memory.reserve(4 * k * n);
  memory.packMatrix(address, kernel, k, n);
  const biasAddress = memory.reserve(4 * n);
  memory.write(biasAddress, bias);
  return { address, bias: biasAddress, k, n };
}

function decoderFirst(memory: WeightMemory, architecture: Architecture): Matrix {
  const features = featureChannels(architecture);
  const image = memory.values('decoder/first/kernel').subarray(0, features * features);
  return pack(
    memory,
    padKernel(image, [features], features),
    new Float32Array(padded(features)),
    features,
    features,
  );
}

/** Two hidden layers and the last one, in the order in which the kernel `decode` reads them. */
function decoderRest(memory: WeightMemory, architecture: Architecture): number {
  const features = featureChannels(architecture);
  const n = padded(features);
  const address = memory.reserve(4 * (2 * (n * n + n) + n + 4));
  for (const [i, name] of ['decoder/hidden0', 'decoder/hidden1'].entries()) {
    const at = address + 4 * i * (n * n + n);
    memory.packMatrix(at, padKernel(memory.values(`${name}/kernel`), [features], features), n, n);
    memory.write(at + 4 * n * n, memory.bias(name));
  }
  const last = address + 8 * (n * n + n);
  memory.write(last, memory.values('decoder/last/kernel'));
  memory.write(last + 4 * n, new Float32Array(4).fill(memory.values('decoder/last/bias')[0] as number));
  return address;
}

function headFilters(
  memory: WeightMemory,
  architecture: Architecture,
  size: Size,
  chooseMethod: Tuning['chooseMethod'],
): HeadFilters[][] {
  const border = 2 * (architecture.head.padding - 1);
  let from = featureChannels(architecture);
  let at = size;
  return headWidths(architecture).map((to, stage) => {
    if (stage > 0) at = halved(at);
    return [0, 1].map((i) => {
      at = { height: at.height + border, width: at.width + border };
      const names = Array.from(
        { length: architecture.personas },
        (_, persona) => `head/${persona}/conv${2 * stage + i}`,
      );
      const joined = [i === 0 ? from : to];
      if (i === 1) from = to;
      const method = chooseMethod(padded(joined[0] as number), padded(to), at.height, at.width);
      return memory.filters(names, joined, to, method);
    });
  });
}
