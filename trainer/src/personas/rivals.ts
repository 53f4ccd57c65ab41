import { disposeCase, encodeCase, segment } from '@d-persona/shared/model/encode-case.ts';
import * as tf from '@tensorflow/tfjs-core';
import { mapsOf } from '../evaluation/predict.ts';
import { applyThreshold } from '../evaluation/thresholds.ts';
import type { AnnotatedCase } from '../nightly/annotated-case.ts';
import { maskDice } from '../nightly/mask-dice.ts';
import type { ReleaseModel } from '../nightly/release-model.ts';

const AT_ONCE = 16;

/** Dice of a persona with each case's outline. @param drawn every persona's mask of every case */
export function diceOfPersona(
  drawn: readonly (readonly Uint8Array[])[],
  persona: number,
  cases: readonly AnnotatedCase[],
): number[] {
  return cases.map(({ mask }, i) => maskDice(mask, drawn[i]?.[persona] as Uint8Array));
}

/** Dice of the personas' majority (half of them suffice) with each case's outline. */
export function diceOfMajority(
  drawn: readonly (readonly Uint8Array[])[],
  cases: readonly AnnotatedCase[],
): number[] {
  return cases.map(({ mask }, i) => {
    const all = drawn[i] as readonly Uint8Array[];
    const votes = mask.map((_, p) =>
      2 * all.reduce((n, one) => n + (one[p] as number), 0) >= all.length ? 1 : 0,
    );
    return maskDice(mask, votes);
  });
}

/** Dice of the decoder at the prior's mean, the core's own answer to nobody, with each case's outline. */
export function diceOfPriorMean(model: ReleaseModel, cases: readonly AnnotatedCase[]): number[] {
  const { weights, architecture } = model;
  // A bank of one: the prompts are not asked for here.
  const noise = tf.zeros<tf.Rank.R3>([1, 1, architecture.latent]);
  const dice: number[] = [];
  for (let from = 0; from < cases.length; from += AT_ONCE) {
    const part = cases.slice(from, from + AT_ONCE);
    const images = model.images(part);
    const encoded = encodeCase(weights, architecture, images, noise);
    const maps = mapsOf(segment(weights, encoded, encoded.prior.mu));
    dice.push(...part.map(({ mask }, i) => maskDice(mask, applyThreshold(maps[i] as Float32Array, 0.5))));
    disposeCase(encoded);
    images.dispose();
  }
  noise.dispose();
  return dice;
}
