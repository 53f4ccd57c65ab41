import * as tf from '@tensorflow/tfjs-core';

/** Share of a batch in the running statistics, as in PyTorch's BatchNorm2d. */
export const BATCH_NORM_MOMENTUM = 0.1;

interface Recorded {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
  /** Numbers that each was taken over. */
  readonly count: number;
}

/**
 * Means and variances that the BatchNorm layers saw in one forward pass in training mode. Its being there is what
 * makes a pass one of training; without it the running statistics are used, and nothing moves.
 */
export class BatchStatistics {
  readonly #recorded = new Map<string, Recorded>();

  /** Keeps a layer's statistics until {@link moveRunning}. */
  record(name: string, mean: tf.Tensor1D, variance: tf.Tensor1D, count: number): void {
    if (this.#recorded.has(name)) throw new Error(`The layer ${name} ran twice in one pass`);
    this.#recorded.set(name, { mean: tf.keep(mean), variance: tf.keep(variance), count });
  }

  /**
   * Moves the running statistics of every layer towards the batch's, r ← 0.9·r + 0.1·b, the variance being the
   * unbiased one, and forgets the batch.
   */
  moveRunning(weights: ReadonlyMap<string, tf.Variable>): void {
    for (const [name, { mean, variance, count }] of this.#recorded) {
      move(weights, `${name}/mean`, mean, 1);
      move(weights, `${name}/variance`, variance, count / Math.max(1, count - 1));
    }
    this.dispose();
  }

  /** Forgets the batch. */
  dispose(): void {
    tf.dispose([...this.#recorded.values()].flatMap(({ mean, variance }) => [mean, variance]));
    this.#recorded.clear();
  }
}

function move(
  weights: ReadonlyMap<string, tf.Variable>,
  name: string,
  batch: tf.Tensor1D,
  correction: number,
): void {
  const running = weights.get(name);
  if (running === undefined) throw new Error(`No weight is named ${name}`);
  tf.tidy(() =>
    running.assign(
      tf.add(tf.mul(running, 1 - BATCH_NORM_MOMENTUM), tf.mul(batch, BATCH_NORM_MOMENTUM * correction)),
    ),
  );
}
