import type { WeightSpec } from '@d-persona/shared/model/weights.ts';
import type { Random } from '@d-persona/shared/random.ts';

/** Standard deviation of initial biases, drawn from a normal truncated at 2σ. */
const BIAS_SIGMA = 0.001;

/** A normal of σ = {@link BIAS_SIGMA}, redrawn outside 2σ. */
function truncatedNormals(n: number, random: Random): Float32Array {
  return Float32Array.from({ length: n }, () => {
    for (;;) {
      const value = random.gaussian();
      if (Math.abs(value) <= 2) return BIAS_SIGMA * value;
    }
  });
}

/** Kaiming normal for ReLU: σ = √(2 / fan-in), fan-in = k·k·from (He et al., 2015). */
function kaimingNormals(shape: readonly number[], random: Random): Float32Array {
  const [height = 1, width = 1, from = 1, to = 1] = shape;
  const sigma = Math.sqrt(2 / (height * width * from));
  return random.gaussians(height * width * from * to).map((value) => sigma * value);
}

/**
 * A 1×1 kernel [1,1,from,to] whose shorter side's vectors are orthonormal (Saxe et al., 2014):
 * Gram–Schmidt on normal vectors.
 */
function orthogonal(shape: readonly number[], random: Random): Float32Array {
  const [, , from = 1, to = 1] = shape;
  const [count, length] = from >= to ? [to, from] : [from, to];
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from(random.gaussians(length));
    for (const other of vectors) {
      const projection = other.reduce((sum, value, i) => sum + value * (vector[i] as number), 0);
      for (let i = 0; i < length; i++) vector[i] = (vector[i] as number) - projection * (other[i] as number);
    }
    const norm = Math.hypot(...vector);
    if (norm > 1e-6) vectors.push(vector.map((value) => value / norm));
  }
  const kernel = new Float32Array(from * to);
  for (let i = 0; i < from; i++) {
    for (let o = 0; o < to; o++) {
      kernel[i * to + o] = (from >= to ? vectors[o]?.[i] : vectors[i]?.[o]) as number;
    }
  }
  return kernel;
}

/**
 * Initial values of one weight, by its specification. Each weight draws from a generator of its own,
 * named by the weight, so that a wider head or another persona does not change the other weights.
 *
 * @param scale factor on the result (the recipe starts a head's last convolution at 0.05)
 */
export function initialWeight(spec: WeightSpec, seed: Random, scale = 1): Float32Array {
  const random = seed.fork(spec.name);
  const count = spec.shape.reduce((a, b) => a * b, 1);
  switch (spec.init) {
    case 'bias':
      return truncatedNormals(count, random);
    case 'zeros':
      return new Float32Array(count);
    case 'ones':
      return new Float32Array(count).fill(1);
    case 'kaiming':
      return kaimingNormals(spec.shape, random).map((value) => scale * value);
    case 'orthogonal':
      return orthogonal(spec.shape, random);
  }
}
