import type { AllPersonas } from '@d-persona/shared/contract/segmentation.ts';
import { DisagreementAccumulator, disagreementMap } from '@d-persona/shared/mask/disagreement.ts';
import { Canvas } from './canvas.ts';
import type { Placement } from './placement.ts';
import { describe } from './segmentation.ts';

/** The maps to describe, each made only when it is its turn. */
export interface Maps {
  /** Ids in the order of `personaMaps`. */
  readonly personas: readonly string[];
  readonly personaMaps: Iterable<Float32Array>;
  readonly sampleMaps: Iterable<Float32Array>;
}

/**
 * All personas, then the samples, and what they have in common: mean and standard deviation over the samples, or over
 * the personas where there are no samples. Both are taken on the model's grid, then put on the image.
 */
export function describeAll(
  { personas, personaMaps, sampleMaps }: Maps,
  placement: Placement,
  threshold: number,
): Pick<AllPersonas, 'segmentations' | 'consensus' | 'disagreement'> {
  const { input, image } = placement;
  const canvas = new Canvas(placement);
  const overPersonas = new DisagreementAccumulator(input.height * input.width);
  const overSamples = new DisagreementAccumulator(input.height * input.width);
  const segmentations: AllPersonas['segmentations'] = [];
  for (const map of personaMaps) {
    const persona = personas[segmentations.length] as string;
    segmentations.push({
      ...describe(`persona/${persona}`, canvas.draw(map, threshold), placement),
      persona,
    });
    overPersonas.add(map);
  }
  for (const map of sampleMaps) {
    const sample = overSamples.count;
    segmentations.push({
      ...describe(`sample/${sample}`, canvas.draw(map, threshold), placement),
      sample,
    });
    overSamples.add(map);
  }
  const spread = overSamples.count > 0 ? overSamples : overPersonas;
  const consensus = describe('consensus', canvas.draw(spread.mean(), threshold), placement);
  const disagreement = disagreementMap(canvas.place(spread.deviation()), image);
  return { segmentations, consensus, disagreement };
}
