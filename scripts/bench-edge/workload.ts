import { type Architecture, architectureSchema } from '@d-persona/shared/model/architecture.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { Random } from '@d-persona/shared/random.ts';
import { readTensor, storedBytes, storeTensor } from '@d-persona/shared/release/quantize.ts';

/** The paper-sized U-Net of 5 million parameters with four personas: the size that `edge-runtime` figures are about. */
export const ARCHITECTURE: Architecture = architectureSchema.parse({
  backbone: 'unet',
  channels: 1,
  personas: 4,
  latent: 6,
  widths: [16, 32, 64, 128, 256],
  posterior: 'all',
  head: { widths: [32, 16], finalRelu: false, padding: 1, dropout: 0.1 },
  keys: 'standardised',
});

/** Random weights that keep activations of one size, as an int8 release holds them. Speed does not depend on their values. */
export function workloadWeights(
  architecture: Architecture,
): Map<string, { shape: readonly number[]; data: Float32Array }> {
  const random = new Random(1);
  return new Map(
    servingSpecs(architecture).map(({ name, shape }) => {
      const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const scale = shape.length > 1 ? Math.sqrt(2 / fanIn) : 0.1;
      const data = random.gaussians(shape.reduce((a, b) => a * b, 1)).map((value) => scale * value);
      return [name, { shape, data: shape.length > 1 ? throughInt8(shape, data) : data }];
    }),
  );
}

function throughInt8(shape: readonly number[], data: Float32Array): Float32Array {
  const bytes = new Uint8Array(storedBytes('int8', shape));
  storeTensor('int8', shape, data, bytes);
  return readTensor('int8', shape, bytes, { copy: true });
}

/** A standardised image [side, side, 1]. */
export function workloadImage(side: number): Float32Array {
  return new Random(2).gaussians(side * side);
}
