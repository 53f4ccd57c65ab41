import type * as tf from '@tensorflow/tfjs-core';
import { type Architecture, featureChannels, headWidths } from './architecture.ts';

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
  /** Kaiming normal (fan-in), orthogonal (decoder), or a truncated normal of σ = 0.001 for biases. */
  readonly init: 'kaiming' | 'orthogonal' | 'bias';
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

/**
 * Every weight of the model in the order in which checkpoints and releases store them
 * (the shape table of docs: U-Net, prior, posterior, decoder, heads).
 */
export function weightSpecs(architecture: Architecture): WeightSpec[] {
  const { channels, personas, latent, widths, posterior } = architecture;
  const features = featureChannels(architecture);
  const expanding = widths
    .slice(0, -1)
    .map((to, level) => blockSpecs(`unet/up/${level}`, 'unet', (widths[level + 1] as number) + to, to))
    .reverse();
  const decoder = (name: string, from: number, to: number) =>
    convolutionSpecs({ name: `decoder/${name}`, part: 'decoder', size: 1, from, to, init: 'orthogonal' });
  return [
    ...contractingSpecs('unet', channels, widths),
    ...expanding.flat(),
    ...gaussianSpecs('prior', channels, architecture),
    ...gaussianSpecs('posterior', channels + (posterior === 'all' ? personas : 1), architecture),
    ...decoder('first', features + latent, features),
    ...decoder('hidden0', features, features),
    ...decoder('hidden1', features, features),
    ...decoder('last', features, 1),
    ...Array.from({ length: personas }, (_, persona) => headSpecs(architecture, persona)).flat(),
  ];
}

/** The weights that serving needs: all but the posterior's. */
export function servingSpecs(architecture: Architecture): WeightSpec[] {
  return weightSpecs(architecture).filter(({ part }) => part !== 'posterior');
}

/** The tensor of that name. @throws Error when the weights are not of this architecture (a bug: borders check). */
export function weight<T extends tf.Tensor>(weights: Weights, name: string): T {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new Error(`No weight is named ${name}`);
  return tensor as T;
}
