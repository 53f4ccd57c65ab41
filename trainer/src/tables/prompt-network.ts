import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { decode } from '@d-persona/shared/model/decoder.ts';
import type { Gaussian } from '@d-persona/shared/model/gaussian.ts';
import { type DropoutMasks, personaQuery } from '@d-persona/shared/model/head.ts';
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

/** How a persona's prompt is found without a bank. */
export type PromptKind = 'closed-form' | 'codes';

/** Bound of a query in the closed form, in standard deviations of the prior. */
const REACH = 3;
const codeName = (persona: number) => `code/${persona}`;

/** A frozen Stage I with prompts of another kind: z = μ + σ·3·tanh(q/3) of a head's query, or μ + σ·c of a free code. */
export class PromptNetwork {
  readonly architecture: Architecture;
  readonly kind: PromptKind;
  readonly trainable: ReadonlyMap<string, tf.Variable>;
  readonly #model: ModelVariables;

  constructor(architecture: Architecture, kind: PromptKind, values: WeightValues) {
    this.architecture = architecture;
    this.kind = kind;
    this.#model = new ModelVariables(architecture, values);
    const code = () => tf.tidy(() => tf.variable(tf.zeros([architecture.latent])));
    this.trainable =
      kind === 'closed-form'
        ? this.#model.of('head')
        : new Map(Array.from({ length: architecture.personas }, (_, r) => [codeName(r), code()]));
  }

  get weights(): ModelVariables['weights'] {
    return this.#model.weights;
  }

  values(): Map<string, Float32Array> {
    const codes = this.kind === 'codes' ? [...this.trainable] : [];
    return new Map([
      ...this.#model.values(),
      ...codes.map(([name, value]) => [name, value.dataSync<'float32'>().slice()] as const),
    ]);
  }

  assign(values: WeightValues): void {
    this.#model.assign(values);
    if (this.kind === 'closed-form') return;
    for (const [name, variable] of this.trainable) {
      tf.tidy(() => variable.assign(tf.tensor(values.get(name) as Float32Array, variable.shape)));
    }
  }

  dispose(): void {
    this.#model.dispose();
    if (this.kind === 'codes') tf.dispose([...this.trainable.values()]);
  }

  /** z of a persona [N,D]. */
  #prompt(
    persona: number,
    features: tf.Tensor4D,
    { mu, logSigma }: Gaussian,
    dropout?: DropoutMasks,
  ): tf.Tensor2D {
    const query =
      this.kind === 'closed-form'
        ? personaQuery(this.weights, this.architecture, persona, features, dropout)
        : (this.trainable.get(codeName(persona)) as tf.Tensor);
    const offset = this.kind === 'closed-form' ? tf.mul(REACH, tf.tanh(tf.div(query, REACH))) : query;
    return tf.add(mu, tf.mul(tf.exp(logSigma), offset));
  }

  /** Logits of all personas [N,H,W,R]. @param dropout of each persona's head, in training */
  logits(
    { features, imagePart, prior }: Omit<FrozenBatch, 'bank'>,
    dropout?: readonly DropoutMasks[],
  ): tf.Tensor4D {
    return tf.concat(
      Array.from({ length: this.architecture.personas }, (_, persona) =>
        decode(this.weights, imagePart, this.#prompt(persona, features, prior, dropout?.[persona])),
      ),
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

  /** Stage II for it: heads or codes alone are trained, by Stage II's segmentation loss. */
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
        const drops = this.kind === 'closed-form' && this.architecture.head.dropout > 0;
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
