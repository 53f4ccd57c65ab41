import type { Consensus } from '@d-persona/shared/contract/segmentation.ts';
import { maskContour } from '@d-persona/shared/mask/contour.ts';
import { type Mask, maskArea, maskBox } from '@d-persona/shared/mask/mask.ts';
import { encodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import type { Drawn } from './canvas.ts';
import type { Placement } from './placement.ts';

/** Everything that JSON tells of a segmentation. @param id unique in the answer */
export function describe(id: string, { probability, mask }: Drawn, { pixels }: Placement): Consensus {
  const area = maskArea(mask);
  return {
    id,
    mask: encodeRunLengths(mask),
    area,
    ...areaInPatient(area, pixels),
    bbox: maskBox(mask),
    contour: maskContour(mask),
    probability: summarise(probability, mask, area),
  };
}

/** Only where the size of pixels in the patient is known, which at the detector it is not. */
function areaInPatient(area: number, pixels: Placement['pixels']): Pick<Consensus, 'area_mm2'> {
  if (pixels?.spacing === undefined || pixels.atDetector) return {};
  const [row, column] = pixels.spacing;
  return { area_mm2: area * row * column };
}

function summarise(probability: Float32Array, mask: Mask, area: number): Consensus['probability'] {
  let sum = 0;
  let max = 0;
  for (let i = 0; i < probability.length; i++) {
    const p = probability[i] as number;
    if (mask.data[i] === 1) sum += p;
    if (p > max) max = p;
  }
  return { mean: area === 0 ? 0 : Math.min(1, sum / area), max };
}
