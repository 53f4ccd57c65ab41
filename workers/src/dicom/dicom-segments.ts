import type { AnswerSegment } from '@d-persona/shared/dicom/answer/answer.ts';
import { DisagreementAccumulator } from '@d-persona/shared/mask/disagreement.ts';
import { encodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import { Canvas } from '../answer/canvas.ts';
import type { Maps } from '../answer/describe-all.ts';
import type { Placement } from '../answer/placement.ts';

/** How maps become segments. */
export interface Drawing {
  readonly placement: Placement;
  readonly threshold: number;
  /** Probabilities are kept too, for a fractional segmentation. */
  readonly fractional: boolean;
}

type Named = Pick<AnswerSegment, 'id' | 'title' | 'kind'>;

/** A map on the one frame of its image, as a segment of a DICOM object. */
export function dicomSegment(
  named: Named,
  map: Float32Array,
  { placement, threshold, fractional }: Drawing,
  canvas = new Canvas(placement),
): AnswerSegment {
  const { probability, mask } = canvas.draw(map, threshold);
  const drawn = { ...named, masks: [encodeRunLengths(mask)] };
  return fractional ? { ...drawn, probabilities: [probability.slice()] } : drawn;
}

/**
 * All personas, the samples, and the consensus of the samples (of the personas where there are none), as segments.
 *
 * @param titles of the personas, in the order of their maps
 */
export function dicomSegments(
  { personas, personaMaps, sampleMaps }: Maps,
  titles: readonly string[],
  drawing: Drawing,
): AnswerSegment[] {
  const { height, width } = drawing.placement.input;
  const canvas = new Canvas(drawing.placement);
  const overPersonas = new DisagreementAccumulator(height * width);
  const overSamples = new DisagreementAccumulator(height * width);
  const segments: AnswerSegment[] = [];
  for (const map of personaMaps) {
    const i = overPersonas.count;
    const id = `persona/${personas[i]}`;
    segments.push(dicomSegment({ id, title: titles[i] ?? id, kind: 'persona' }, map, drawing, canvas));
    overPersonas.add(map);
  }
  for (const map of sampleMaps) {
    const i = overSamples.count;
    const named = { id: `sample/${i}`, title: `Sample ${i + 1}`, kind: 'sample' } as const;
    segments.push(dicomSegment(named, map, drawing, canvas));
    overSamples.add(map);
  }
  const mean = (overSamples.count > 0 ? overSamples : overPersonas).mean();
  return [
    ...segments,
    dicomSegment({ id: 'consensus', title: 'Consensus', kind: 'consensus' }, mean, drawing, canvas),
  ];
}
