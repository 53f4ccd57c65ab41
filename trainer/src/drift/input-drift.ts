import { distanceOf } from '@d-persona/shared/drift/distance.ts';
import { type Histograms, statisticSchema } from '@d-persona/shared/drift/histogram.ts';
import type { InputDrift } from './drift-report.ts';
import type { DriftSettings } from './settings.ts';

/** Compares live images and answers with those of the training data, statistic by statistic; none where one is empty. */
export function inputDrift(
  live: Histograms,
  reference: Histograms,
  { minimumImages, distance: most }: DriftSettings,
): InputDrift[] {
  return statisticSchema.options.flatMap((statistic) => {
    const [ours, known] = [live[statistic], reference[statistic]];
    const found = ours && known && distanceOf(ours, known);
    if (!found) return [];
    const images = ours.reduce((sum, count) => sum + count, 0);
    const alert = images >= minimumImages && found.distance > most && found.distance > found.chance;
    return [{ statistic, live: images, ...found, alert }];
  });
}
