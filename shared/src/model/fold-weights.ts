import type { PlainTensor, PlainWeights } from '../release/encode-release.ts';
import type { Architecture } from './architecture.ts';
import { BATCH_NORM_EPSILON } from './batch-norm.ts';
import { residualLayers } from './residual-layers.ts';

/**
 * Trained weights as a release holds them: BatchNorm of inference mode folded into the convolution before it, kernel
 * W·s and bias β − mean·s with s = γ/√(variance + ε). Without BatchNorm they are what they were.
 *
 * @param weights of `weightSpecs`; a layer that is folded already stays as it is
 */
export function foldWeights(weights: PlainWeights, architecture: Architecture): PlainWeights {
  if (architecture.backbone === 'unet') return weights;
  const folded = new Map(weights);
  for (const { name } of residualLayers(architecture)) {
    if (weights.has(`${name}/bias`)) continue;
    const of = (part: string): PlainTensor => {
      const tensor = weights.get(`${name}/${part}`);
      if (tensor === undefined) throw new Error(`No weight is named ${name}/${part}`);
      return tensor;
    };
    const kernel = of('kernel');
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map(
      (part) => of(part).data,
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const scales = Float64Array.from(
      gamma,
      (value, c) => value / Math.sqrt((variance[c] as number) + BATCH_NORM_EPSILON),
    );
    const outputs = scales.length;
    folded.set(`${name}/kernel`, {
      shape: kernel.shape,
      data: kernel.data.map((value, i) => value * (scales[i % outputs] as number)),
    });
    folded.set(`${name}/bias`, {
      shape: [outputs],
      data: beta.map((value, c) => value - (mean[c] as number) * (scales[c] as number)),
    });
    for (const part of ['gamma', 'beta', 'mean', 'variance']) folded.delete(`${name}/${part}`);
  }
  return folded;
}
