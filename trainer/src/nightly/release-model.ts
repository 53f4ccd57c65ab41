import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { disposeCase, encodeCase, segmentAsPersona } from '@d-persona/shared/model/encode-case.ts';
import { bankNoise, TEST_BANK } from '@d-persona/shared/model/noise.ts';
import { weightTensors } from '@d-persona/shared/model/weight-tensors.ts';
import type { Weights } from '@d-persona/shared/model/weights.ts';
import type { PlainWeights } from '@d-persona/shared/release/encode-release.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import * as tf from '@tensorflow/tfjs-core';
import { mapsOf } from '../evaluation/predict.ts';
import { applyThreshold } from '../evaluation/thresholds.ts';
import type { AnnotatedCase } from './annotated-case.ts';

/** Images that are encoded at once. */
const BATCH = 16;
const SEED = 0;

/** A release's weights as tensors, to be asked as the server asks them. The holder calls {@link dispose}. */
export class ReleaseModel {
  readonly manifest: Pick<Manifest, 'architecture' | 'input' | 'personas'>;
  readonly weights: Weights;

  constructor(manifest: Pick<Manifest, 'architecture' | 'input' | 'personas'>, weights: PlainWeights) {
    this.manifest = manifest;
    this.weights = weightTensors(weights);
  }

  get architecture(): Architecture {
    return this.manifest.architecture;
  }

  /** Index of a persona, or -1. */
  indexOf(persona: string): number {
    return this.manifest.personas.findIndex(({ id }) => id === persona);
  }

  /** Input images as one tensor [N,H,W,C]; the caller disposes it. */
  images(cases: readonly Pick<AnnotatedCase, 'image'>[]): tf.Tensor4D {
    const { size, channels } = this.manifest.input;
    const pixels = size[0] * size[1] * channels;
    const data = new Float32Array(cases.length * pixels);
    for (const [i, { image }] of cases.entries()) data.set(image, i * pixels);
    return tf.tensor4d(data, [cases.length, ...size, channels]);
  }

  /** Masks of every persona for every case: [case][persona] of H·W. */
  segmentAll(cases: readonly Pick<AnnotatedCase, 'image'>[]): Uint8Array[][] {
    const { latent, personas } = this.architecture;
    const noise = tf.tensor3d(bankNoise(SEED, TEST_BANK, latent), [1, TEST_BANK, latent]);
    const masks: Uint8Array[][] = [];
    for (let from = 0; from < cases.length; from += BATCH) {
      const part = cases.slice(from, from + BATCH);
      const images = this.images(part);
      const encoded = encodeCase(this.weights, this.architecture, images, noise);
      const byPersona = Array.from({ length: personas }, (_, persona) =>
        mapsOf(segmentAsPersona(this.weights, encoded, persona)).map((map) => applyThreshold(map, 0.5)),
      );
      masks.push(...part.map((_, i) => byPersona.map((ofPersona) => ofPersona[i] as Uint8Array)));
      disposeCase(encoded);
      images.dispose();
    }
    noise.dispose();
    return masks;
  }

  dispose(): void {
    tf.dispose([...this.weights.values()]);
  }
}
