import { type Architecture, featureChannels } from '@d-persona/shared/model/architecture.ts';
import { namedConvolution } from '@d-persona/shared/model/convolution.ts';
import { decode } from '@d-persona/shared/model/decoder.ts';
import type { Gaussian } from '@d-persona/shared/model/gaussian.ts';
import { type DropoutMasks, personaQuery } from '@d-persona/shared/model/head.ts';
import { type Weights, weightSpecs } from '@d-persona/shared/model/weights.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';
import { imagesOf, mapsOf } from '../evaluation/predict.ts';
import { segmentationLoss } from '../losses/segmentation-loss.ts';
import { ModelVariables, type WeightValues } from '../model/model-variables.ts';
import { differentiate } from '../run/differentiate.ts';
import type { StageTask } from '../run/task.ts';
import { drawDropout } from '../stage2/dropout.ts';
import type { Stage2Settings } from '../stage2/settings.ts';
import { disposeFrozen, type FrozenBatch, frozenBatch } from '../stage2/stage2-loss.ts';

/** How a persona answers without a bank, and what it has of its own beside its prompt. */
export type PromptKind =
  /** A head's query, μ + σ·3·tanh(q/3). */
  | 'closed-form'
  /** A free vector, the same for every image. */
  | 'codes'
  /** The closed form, and the decoder's last two layers as this persona's own. */
  | 'last-layers'
  /** The closed form, and logits of this persona's own small network on the features, which sees 5 × 5 pixels. */
  | 'residual';

/** Bound of a query in the closed form, in standard deviations of the prior. */
const REACH = 3;
const codeName = (persona: number) => `code/${persona}`;

const LAST_LAYERS = ['decoder/hidden1', 'decoder/last'].flatMap((name) => [`${name}/kernel`, `${name}/bias`]);
/** Channels of a persona's own network on the features. */
const RESIDUAL = 8;

/** Weights of each persona's own, as they begin: every persona then answers as the closed form does. */
function ownWeights(
  architecture: Architecture,
  kind: PromptKind,
  values: WeightValues,
): Map<string, tf.Variable> {
  const features = featureChannels(architecture);
  const shapes = new Map(weightSpecs(architecture).map(({ name, shape }) => [name, shape]));
  const random = new Random(1).fork('style');
  const drawn = (shape: number[], deviation: number) =>
    tf.tensor(
      random.gaussians(shape.reduce((a, b) => a * b, 1)).map((value) => deviation * value),
      shape,
    );
  const ofPersona = (r: number): [string, tf.Tensor][] => {
    switch (kind) {
      case 'closed-form':
        return [];
      case 'codes':
        return [[codeName(r), tf.zeros([architecture.latent])]];
      case 'last-layers':
        return LAST_LAYERS.map((name) => [
          `style/${r}/${name}`,
          tf.tensor(values.get(name) as Float32Array, [...(shapes.get(name) as readonly number[])]),
        ]);
      case 'residual':
        return [
          [`style/${r}/conv0/kernel`, drawn([3, 3, features, RESIDUAL], Math.sqrt(2 / (9 * features)))],
          [`style/${r}/conv0/bias`, tf.zeros([RESIDUAL])],
          [`style/${r}/conv1/kernel`, tf.zeros([3, 3, RESIDUAL, 1])],
          [`style/${r}/conv1/bias`, tf.zeros([1])],
        ];
    }
  };
  const entries = Array.from({ length: architecture.personas }, (_, r) => ofPersona(r)).flat();
  return new Map(
    entries.map(([name, value]) => {
      const variable = tf.variable(value);
      value.dispose();
      return [name, variable];
    }),
  );
}

/** A frozen Stage I with personas of another kind: see {@link PromptKind}. */
export class PromptNetwork {
  readonly architecture: Architecture;
  readonly kind: PromptKind;
  readonly trainable: ReadonlyMap<string, tf.Variable>;
  readonly #model: ModelVariables;
  /** Weights that no release has: codes, or what a persona has of its own beside its head. */
  readonly #own: ReadonlyMap<string, tf.Variable>;

  constructor(architecture: Architecture, kind: PromptKind, values: WeightValues) {
    this.architecture = architecture;
    this.kind = kind;
    this.#model = new ModelVariables(architecture, values);
    this.#own = ownWeights(architecture, kind, values);
    this.trainable = kind === 'codes' ? this.#own : new Map([...this.#model.of('head'), ...this.#own]);
  }

  get weights(): ModelVariables['weights'] {
    return this.#model.weights;
  }

  values(): Map<string, Float32Array> {
    return new Map([
      ...this.#model.values(),
      ...[...this.#own].map(([name, value]) => [name, value.dataSync<'float32'>().slice()] as const),
    ]);
  }

  assign(values: WeightValues): void {
    this.#model.assign(values);
    for (const [name, variable] of this.#own) {
      tf.tidy(() => variable.assign(tf.tensor(values.get(name) as Float32Array, variable.shape)));
    }
  }

  dispose(): void {
    this.#model.dispose();
    tf.dispose([...this.#own.values()]);
  }

  /** z of a persona [N,D]. */
  #prompt(
    persona: number,
    features: tf.Tensor4D,
    { mu, logSigma }: Gaussian,
    dropout?: DropoutMasks,
  ): tf.Tensor2D {
    const query =
      this.kind === 'codes'
        ? (this.#own.get(codeName(persona)) as tf.Tensor)
        : personaQuery(this.weights, this.architecture, persona, features, dropout);
    const offset = this.kind === 'codes' ? query : tf.mul(REACH, tf.tanh(tf.div(query, REACH)));
    return tf.add(mu, tf.mul(tf.exp(logSigma), offset));
  }

  /** Logits of a persona at its prompt [N,H,W,1]. */
  #answer(persona: number, features: tf.Tensor4D, imagePart: tf.Tensor4D, z: tf.Tensor2D): tf.Tensor4D {
    if (this.kind === 'last-layers') return decode(this.#lastLayers(persona), imagePart, z);
    const logits = decode(this.weights, imagePart, z);
    if (this.kind !== 'residual') return logits;
    const hidden = namedConvolution(this.#own, `style/${persona}/conv0`, features);
    return tf.add(logits, namedConvolution(this.#own, `style/${persona}/conv1`, hidden, 'linear'));
  }

  /** All weights, with a persona's own in place of the decoder's last layers. */
  #lastLayers(persona: number): Weights {
    const own = LAST_LAYERS.map(
      (name) => [name, this.#own.get(`style/${persona}/${name}`) as tf.Tensor] as const,
    );
    return new Map<string, tf.Tensor>([...this.weights, ...own]);
  }

  /** Logits of all personas [N,H,W,R]. @param dropout of each persona's head, in training */
  logits(
    { features, imagePart, prior }: Omit<FrozenBatch, 'bank'>,
    dropout?: readonly DropoutMasks[],
  ): tf.Tensor4D {
    return tf.concat(
      Array.from({ length: this.architecture.personas }, (_, persona) => {
        const z = this.#prompt(persona, features, prior, dropout?.[persona]);
        return this.#answer(persona, features, imagePart, z);
      }),
      3,
    );
  }

  /** Probabilities of every persona: [persona][image] of H·W. */
  maps(batch: Batch): Float32Array[][] {
    const images = imagesOf(batch);
    const frozen = this.#freeze(images);
    const probabilities = tf.tidy(() =>
      tf.split(tf.sigmoid(this.logits(frozen)), this.architecture.personas, 3),
    );
    const maps = probabilities.map((map) => mapsOf(map as tf.Tensor4D));
    disposeFrozen(frozen);
    images.dispose();
    return maps;
  }

  /** Features, prior and a bank of one that nobody asks. The caller disposes it. */
  #freeze(images: tf.Tensor4D): FrozenBatch {
    const [n] = images.shape;
    const noise = tf.zeros<tf.Rank.R3>([n, 1, this.architecture.latent]);
    const frozen = frozenBatch(this.weights, this.architecture, images, noise);
    noise.dispose();
    return frozen;
  }

  /** Stage II for it: what personas have of their own alone is trained, by Stage II's segmentation loss. */
  task(settings: Stage2Settings): StageTask {
    return {
      name: 'stage2',
      settings,
      trainable: this.trainable,
      gradient: (batch, random) => {
        const { size, height, width, raters } = batch;
        const images = imagesOf(batch);
        const y = tf.tensor4d(batch.masks, [size, height, width, raters]);
        const exists = tf.tensor2d(batch.present, [size, raters]);
        const frozen = this.#freeze(images);
        const drops = this.kind !== 'codes' && this.architecture.head.dropout > 0;
        const dropout = drops ? drawDropout(this.architecture, size, random) : undefined;
        const step = differentiate(this.trainable, () => ({
          total: segmentationLoss(this.logits(frozen, dropout), y, settings.loss, exists),
        }));
        disposeFrozen(frozen);
        tf.dispose([images, y, exists, ...(dropout?.flat() ?? [])]);
        return step;
      },
    };
  }
}
