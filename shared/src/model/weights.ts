import type * as tf from '@tensorflow/tfjs-core';
import { type Architecture, featureChannels, headWidths } from './architecture.ts';
import { type NormalisedLayer, residualLayers } from './residual-layers.ts';

/** All weights of a model by name. Tensors are not owned: the holder disposes them. */
export type Weights = ReadonlyMap<string, tf.Tensor>;

/** The five networks. A release holds all but the posterior, which only training needs. */
export type Part = 'unet' | 'prior' | 'posterior' | 'decoder' | 'head';

/** One weight tensor: its name, shape, the network it belongs to, and how training initialises it. */
export interface WeightSpec {
  readonly name: string;
  /** Kernels are [height, width, in, out]; biases [out]. */
  readonly shape: readonly number[];
  readonly part: Part;
  /** Index of the persona whose head this is. */
  readonly persona?: number;
  /** Kaiming normal (fan-in), orthogonal (decoder), a truncated normal of σ = 0.001 for biases, or BatchNorm's constants. */
  readonly init: 'kaiming' | 'orthogonal' | 'bias' | 'zeros' | 'ones';
  /** A running statistic of BatchNorm, which training moves without a gradient. */
  readonly statistic?: true;
}

/** The networks of one part in layer order. Names are paths, such as `unet/down/0/conv1/kernel`. */
type Layer = Omit<WeightSpec, 'shape' | 'init'> & {
  size: number;
  from: number;
  to: number;
  init: 'kaiming' | 'orthogonal';
};

/** Kernel and bias of one convolution of `size`×`size`. */
function convolutionSpecs({ name, size, from, to, init, ...rest }: Layer): WeightSpec[] {
  return [
    { ...rest, name: `${name}/kernel`, shape: [size, size, from, to], init },
    { ...rest, name: `${name}/bias`, shape: [to], init: 'bias' },
  ];
}

/** Three 3×3 convolutions. */
function blockSpecs(name: string, part: Part, from: number, to: number): WeightSpec[] {
  return [0, 1, 2].flatMap((i) =>
    convolutionSpecs({
      name: `${name}/conv${i}`,
      part,
      size: 3,
      from: i === 0 ? from : to,
      to,
      init: 'kaiming',
    }),
  );
}

/** The contracting path shared in shape by U-Net, prior and posterior. */
function contractingSpecs(part: Part, channels: number, widths: readonly number[]): WeightSpec[] {
  return widths.flatMap((to, level) =>
    blockSpecs(`${part}/down/${level}`, part, level === 0 ? channels : (widths[level - 1] as number), to),
  );
}

/** Prior or posterior: contracting path and a 1×1 convolution to (μ, log σ). */
function gaussianSpecs(
  part: 'prior' | 'posterior',
  channels: number,
  { widths, latent }: Architecture,
): WeightSpec[] {
  const from = widths.at(-1) as number;
  return [
    ...contractingSpecs(part, channels, widths),
    ...convolutionSpecs({ name: `${part}/out`, part, size: 1, from, to: 2 * latent, init: 'kaiming' }),
  ];
}

/** One persona's projection head: two 3×3 convolutions for each stage. */
function headSpecs(architecture: Architecture, persona: number): WeightSpec[] {
  let from = featureChannels(architecture);
  return headWidths(architecture).flatMap((to, stage) => {
    const first = from;
    from = to;
    const layer = { part: 'head' as const, persona, size: 3, to, init: 'kaiming' as const };
    return [
      ...convolutionSpecs({ ...layer, name: `head/${persona}/conv${2 * stage}`, from: first }),
      ...convolutionSpecs({ ...layer, name: `head/${persona}/conv${2 * stage + 1}`, from: to }),
    ];
  });
}

/** The U-Net of plain convolutions. */
function plainSpecs({ channels, widths }: Architecture): WeightSpec[] {
  const expanding = widths
    .slice(0, -1)
    .map((to, level) => blockSpecs(`unet/up/${level}`, 'unet', (widths[level + 1] as number) + to, to))
    .reverse();
  return [...contractingSpecs('unet', channels, widths), ...expanding.flat()];
}

/** Kernel, scale and shift of a convolution with BatchNorm, and its running statistics. */
function normalisedSpecs({ name, size, from, to }: NormalisedLayer): WeightSpec[] {
  const part = 'unet';
  return [
    { part, name: `${name}/kernel`, shape: [size, size, from, to], init: 'kaiming' },
    { part, name: `${name}/gamma`, shape: [to], init: 'ones' },
    { part, name: `${name}/beta`, shape: [to], init: 'zeros' },
    { part, name: `${name}/mean`, shape: [to], init: 'zeros', statistic: true },
    { part, name: `${name}/variance`, shape: [to], init: 'ones', statistic: true },
  ];
}

/**
 * Every weight of the model in the order in which checkpoints and releases store them
 * (the shape table of docs: U-Net, prior, posterior, decoder, heads).
 */
export function weightSpecs(architecture: Architecture): WeightSpec[] {
  return architecture.backbone === 'unet'
    ? [...plainSpecs(architecture), ...restSpecs(architecture)]
    : [...residualLayers(architecture).flatMap(normalisedSpecs), ...restSpecs(architecture)];
}

/** All but the U-Net. */
function restSpecs(architecture: Architecture): WeightSpec[] {
  const { channels, personas, latent, posterior } = architecture;
  const features = featureChannels(architecture);
  const decoder = (name: string, from: number, to: number) =>
    convolutionSpecs({ name: `decoder/${name}`, part: 'decoder', size: 1, from, to, init: 'orthogonal' });
  return [
    ...gaussianSpecs('prior', channels, architecture),
    ...gaussianSpecs('posterior', channels + (posterior === 'all' ? personas : 1), architecture),
    ...decoder('first', features + latent, features),
    ...decoder('hidden0', features, features),
    ...decoder('hidden1', features, features),
    ...decoder('last', features, 1),
    ...Array.from({ length: personas }, (_, persona) => headSpecs(architecture, persona)).flat(),
  ];
}

/** The weights that serving needs: all but the posterior's, with BatchNorm folded into the convolutions before it. */
export function servingSpecs(architecture: Architecture): WeightSpec[] {
  const specs =
    architecture.backbone === 'unet'
      ? weightSpecs(architecture)
      : [
          ...residualLayers(architecture).flatMap((layer) =>
            convolutionSpecs({ ...layer, part: 'unet', init: 'kaiming' }),
          ),
          ...restSpecs(architecture),
        ];
  return specs.filter(({ part }) => part !== 'posterior');
}

/** The tensor of that name. @throws Error when the weights are not of this architecture (a bug: borders check). */
export function weight<T extends tf.Tensor>(weights: Weights, name: string): T {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new Error(`No weight is named ${name}`);
  return tensor as T;
}
