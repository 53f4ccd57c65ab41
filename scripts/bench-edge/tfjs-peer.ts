import { PAPER, randomImage, randomWeights } from '@d-persona/shared/engine/random-release.fixtures.ts';
import { DisagreementAccumulator } from '@d-persona/shared/mask/disagreement.ts';
import {
  disposeCase,
  type EncodedCase,
  encodeCase,
  segmentAsPersona,
  segmentSample,
} from '@d-persona/shared/model/encode-case.ts';
import { bankNoise, sampleNoise } from '@d-persona/shared/model/noise.ts';
import { weightTensors } from '@d-persona/shared/model/weight-tensors.ts';
import * as tf from '@tensorflow/tfjs-core';
import { type Peer, SAMPLES } from './peer.ts';

/** TensorFlow.js on the backend that is set. */
export function tfjsPeer(side: number): Peer {
  const weights = weightTensors(randomWeights(PAPER, 1, true));
  const { latent, personas } = PAPER;
  const image = randomImage({ height: side, width: side }, 1, 2);
  const noise = tf.tensor3d(bankNoise(0, 500, latent), [1, 500, latent]);
  let encoded: EncodedCase | undefined;
  let map: Float32Array<ArrayBufferLike> = new Float32Array();
  const known = () => {
    if (encoded === undefined) throw new Error('Nothing is encoded yet');
    return encoded;
  };
  const take = (tensor: tf.Tensor) => {
    map = Float32Array.from(tensor.dataSync());
    tensor.dispose();
    return map;
  };
  const encode = () => {
    if (encoded !== undefined) disposeCase(encoded);
    const x = tf.tensor4d(image, [1, side, side, 1]);
    encoded = encodeCase(weights, PAPER, x, noise);
    x.dispose();
    encoded.prompts.dataSync();
  };
  encode();
  return {
    encode,
    personas() {
      for (let persona = 0; persona < personas; persona++) take(segmentAsPersona(weights, known(), persona));
    },
    persona() {
      take(segmentAsPersona(weights, known(), 0));
    },
    samples50() {
      const spread = new DisagreementAccumulator(side * side);
      const drawn = sampleNoise(0, SAMPLES, latent);
      for (let i = 0; i < SAMPLES; i++) {
        const eps = tf.tensor2d(drawn.slice(i * latent, (i + 1) * latent), [1, latent]);
        spread.add(take(segmentSample(weights, known(), eps)));
        eps.dispose();
      }
      map = spread.deviation();
    },
    memoryBytes: () => wasmBytes(),
    map: () => map,
  };
}

/** Bytes of the backend's memory. */
function wasmBytes(): number {
  const { wasm } = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
  return wasm.HEAPU8.buffer.byteLength;
}
