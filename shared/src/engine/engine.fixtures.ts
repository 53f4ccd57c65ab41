import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Architecture } from '../model/architecture.ts';
import { encodeCase, segment } from '../model/encode-case.ts';
import { personaQuery } from '../model/head.ts';
import { bankNoise, TEST_BANK } from '../model/noise.ts';
import { unet } from '../model/unet.ts';
import { servingSpecs } from '../model/weights.ts';
import { Random } from '../random.ts';
import { readTensor, storedBytes, storeTensor } from '../release/quantize.ts';
import type { Size } from './prepare-model.ts';

/** The engine's kernels as `npm run build` makes them. */
export async function engineModule(variant: 'engine' | 'engine-relaxed'): Promise<WebAssembly.Module> {
  const bytes = await readFile(new URL(`../../kernels/build/${variant}.wasm`, import.meta.url));
  return new WebAssembly.Module(bytes);
}

/** The paper's size, four personas. */
export const PAPER: Architecture = {
  backbone: 'unet',
  channels: 1,
  personas: 4,
  latent: 6,
  widths: [16, 32, 64, 128, 256],
  posterior: 'all',
  head: { widths: [32, 16], finalRelu: false, padding: 1, dropout: 0.1 },
  keys: 'standardised',
};

/**
 * Weights as training begins with them: activations keep their size from layer to layer.
 *
 * @param int8 as a release of this kind holds them
 */
export function randomWeights(
  architecture: Architecture,
  seed = 1,
  int8 = false,
): Map<string, { data: Float32Array }> {
  const random = new Random(seed);
  return new Map(
    servingSpecs(architecture).map(({ name, shape }) => {
      const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const scale = shape.length > 1 ? Math.sqrt(2 / fanIn) : 0.1;
      const data = random.gaussians(shape.reduce((a, b) => a * b, 1)).map((value) => scale * value);
      return [name, { shape, data: int8 && shape.length > 1 ? throughInt8(shape, data) : data }];
    }),
  );
}

function throughInt8(shape: readonly number[], data: Float32Array): Float32Array {
  const bytes = new Uint8Array(4 * Math.ceil(storedBytes('int8', shape) / 4)).subarray(
    0,
    storedBytes('int8', shape),
  );
  storeTensor('int8', shape, data, bytes);
  return readTensor('int8', shape, bytes, { copy: true });
}

export function randomImage({ height, width }: Size, channels: number, seed = 1): Float32Array {
  return new Random(seed).gaussians(height * width * channels);
}

/** The same by TensorFlow.js, on whatever backend is set. Probabilities of each persona, and of samples. */
export function reference(
  architecture: Architecture,
  plain: ReadonlyMap<string, { readonly data: Float32Array }>,
  image: Float32Array,
  { height, width }: Size,
  sampleNoise: Float32Array,
) {
  const { channels, latent, personas } = architecture;
  return tf.tidy(() => {
    const shapes = new Map(servingSpecs(architecture).map(({ name, shape }) => [name, shape]));
    const weights = new Map(
      [...plain].map(([name, { data }]) => [name, tf.tensor(data, [...(shapes.get(name) ?? [])])]),
    );
    const x = tf.tensor4d(image, [1, height, width, channels]);
    const noise = tf.tensor3d(bankNoise(0, TEST_BANK, latent), [1, TEST_BANK, latent]);
    const encoded = encodeCase(weights, architecture, x, noise);
    const features = unet(weights, architecture, x);
    const { mu, logSigma } = encoded.prior;
    const values = (tensor: tf.Tensor) => Float32Array.from(tensor.dataSync());
    const samples = Array.from({ length: sampleNoise.length / latent }, (_, i) => {
      const eps = tf.tensor2d(sampleNoise.slice(i * latent, (i + 1) * latent), [1, latent]);
      return values(segment(weights, encoded, tf.add(mu, tf.mul(tf.exp(logSigma), eps))));
    });
    const prompts = tf.unstack(encoded.prompts, 1) as tf.Tensor2D[];
    return {
      imagePart: values(encoded.imagePart),
      mu: values(mu),
      logSigma: values(logSigma),
      queries: values(
        tf.concat(
          Array.from({ length: personas }, (_, e) => personaQuery(weights, architecture, e, features)),
        ),
      ),
      prompts: prompts.map(values),
      personas: prompts.map((z) => values(segment(weights, encoded, z))),
      samples,
    };
  });
}
