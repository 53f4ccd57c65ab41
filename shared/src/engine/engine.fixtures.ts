import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Architecture } from '../model/architecture.ts';
import { encodeCase, segment } from '../model/encode-case.ts';
import { personaQuery } from '../model/head.ts';
import { bankNoise, TEST_BANK } from '../model/noise.ts';
import { unet } from '../model/unet.ts';
import { servingSpecs } from '../model/weights.ts';
import type { Size } from './prepare-model.ts';

/** The engine's kernels as `npm run build` makes them. */
export async function engineModule(variant: 'engine' | 'engine-relaxed'): Promise<WebAssembly.Module> {
  const bytes = await readFile(new URL(`../../kernels/build/${variant}.wasm`, import.meta.url));
  return new WebAssembly.Module(bytes);
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
