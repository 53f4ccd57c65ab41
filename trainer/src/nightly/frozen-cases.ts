import { featureChannels } from '@d-persona/shared/model/architecture.ts';
import { prior } from '@d-persona/shared/model/gaussian.ts';
import { unet } from '@d-persona/shared/model/unet.ts';
import type { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { AnnotatedCase } from './annotated-case.ts';
import type { ReleaseModel } from './release-model.ts';
import { TURNS, turned } from './turn.ts';

/** What the frozen networks say of one image in one position, and the reader's outline in it. Numbers, not tensors. */
interface FrozenCase {
  /** [H,W,F] */
  readonly features: Float32Array;
  readonly mu: Float32Array;
  readonly logSigma: Float32Array;
  /** [H,W] */
  readonly mask: Float32Array;
}

/** Memory that kept features may take; with more cases, each is kept in fewer positions. */
const MAX_BYTES = 512 * 2 ** 20;
const AT_ONCE = 8;

/** A batch of Stage II for one head: tensors that the holder disposes. */
export interface HeadBatch {
  readonly features: tf.Tensor4D;
  readonly prior: { readonly mu: tf.Tensor2D; readonly logSigma: tf.Tensor2D };
  /** [N,H,W,1] */
  readonly masks: tf.Tensor4D;
}

/**
 * Runs the frozen core over every case once for each position (turned and mirrored), so that training a head costs no
 * more than the head and the decoder.
 */
export class FrozenCases {
  readonly #cases: readonly FrozenCase[];
  /** Positions in which each case is kept, one after the other. */
  readonly #positions: number;
  readonly #size: readonly [number, number];
  readonly #channels: number;

  private constructor(
    cases: readonly FrozenCase[],
    positions: number,
    size: readonly [number, number],
    channels: number,
  ) {
    this.#cases = cases;
    this.#positions = positions;
    this.#size = size;
    this.#channels = channels;
  }

  /** Runs the core over the cases. */
  static of(model: ReleaseModel, cases: readonly AnnotatedCase[]): FrozenCases {
    const { input, architecture } = model.manifest;
    const [side] = input.size;
    const channels = featureChannels(architecture);
    const bytes = 4 * side * side * (channels + 1);
    const positions = Math.max(1, Math.min(TURNS, Math.floor(MAX_BYTES / (bytes * cases.length))));
    const views = cases.flatMap(({ image, mask }) =>
      Array.from({ length: positions }, (_, turn) => ({
        image: turned(image, side, input.channels, turn),
        mask: Float32Array.from(turned(mask, side, 1, turn)),
      })),
    );
    const frozen: FrozenCase[] = [];
    for (let from = 0; from < views.length; from += AT_ONCE) {
      frozen.push(...freeze(model, views.slice(from, from + AT_ONCE)));
    }
    return new FrozenCases(frozen, positions, input.size, channels);
  }

  /** The first so many cases, for a curve over their number without running the core again. */
  first(count: number): FrozenCases {
    const cases = this.#cases.slice(0, count * this.#positions);
    return new FrozenCases(cases, this.#positions, this.#size, this.#channels);
  }

  /** A batch of cases drawn with replacement. */
  batch(size: number, random: Random): HeadBatch {
    const drawn = Array.from(
      { length: size },
      () => this.#cases[random.integer(this.#cases.length)] as FrozenCase,
    );
    const gather = (key: keyof FrozenCase) => {
      const length = (drawn[0] as FrozenCase)[key].length;
      const values = new Float32Array(size * length);
      for (const [i, one] of drawn.entries()) values.set(one[key], i * length);
      return values;
    };
    const latent = (drawn[0] as FrozenCase).mu.length;
    return {
      features: tf.tensor4d(gather('features'), [size, ...this.#size, this.#channels]),
      prior: {
        mu: tf.tensor2d(gather('mu'), [size, latent]),
        logSigma: tf.tensor2d(gather('logSigma'), [size, latent]),
      },
      masks: tf.tensor4d(gather('mask'), [size, ...this.#size, 1]),
    };
  }
}

function freeze(
  model: ReleaseModel,
  views: readonly { image: Float32Array; mask: Float32Array }[],
): FrozenCase[] {
  const { weights, architecture } = model;
  const images = model.images(views);
  const features = tf.tidy(() => unet(weights, architecture, images));
  const gaussian = tf.tidy(() => ({ ...prior(weights, architecture, images) }));
  const rows = (tensor: tf.Tensor) => {
    const values = tensor.dataSync<'float32'>();
    const length = values.length / views.length;
    return views.map((_, i) => values.slice(i * length, (i + 1) * length));
  };
  const [ofFeatures, ofMu, ofLogSigma] = [rows(features), rows(gaussian.mu), rows(gaussian.logSigma)];
  tf.dispose([images, features, gaussian.mu, gaussian.logSigma]);
  return views.map(({ mask }, i) => ({
    features: ofFeatures[i] as Float32Array,
    mu: ofMu[i] as Float32Array,
    logSigma: ofLogSigma[i] as Float32Array,
    mask,
  }));
}
