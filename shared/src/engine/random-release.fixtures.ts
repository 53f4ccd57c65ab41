import type { Architecture } from '../model/architecture.ts';
import { servingSpecs } from '../model/weights.ts';
import { Random } from '../random.ts';
import { readTensor, storedBytes, storeTensor } from '../release/quantize.ts';
import type { Size } from './prepare-model.ts';

/** The paper's size, 5 million parameters, four personas: what tests and benchmarks of the engine mean by a release. */
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
): Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }> {
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
  const bytes = new Uint8Array(storedBytes('int8', shape));
  storeTensor('int8', shape, data, bytes);
  return readTensor('int8', shape, bytes, { copy: true });
}

export function randomImage({ height, width }: Size, channels: number, seed = 1): Float32Array {
  return new Random(seed).gaussians(height * width * channels);
}
