import type { Random } from '@d-persona/shared/random.ts';
import type { Sample } from '@d-persona/trainer/data/sample.ts';

/** Images of an imagined hospital's nights, and images of other patients to measure on. */
export interface Shares {
  readonly forNights: readonly Sample[];
  readonly toMeasure: readonly Sample[];
}

/**
 * Shares images out by patient: as many as the nights need, each night's of as many patients as there are; all images
 * of the other patients are measured on.
 *
 * @param random mixes the patients first, where their names tell what kind of image they are
 */
export function shareOut(samples: readonly Sample[], needed: number, random?: Random): Shares {
  const byPatient = Map.groupBy(
    [...samples].sort((a, b) => (a.id < b.id ? -1 : 1)),
    ({ patient }) => patient,
  );
  const patients = random?.shuffle([...byPatient.values()]) ?? [...byPatient.values()];
  const upTo = patients.map((_, i) => patients.slice(0, i + 1).flat().length);
  const enough = upTo.findIndex((images) => images >= needed);
  const mine = patients.slice(0, enough + 1);
  const longest = Math.max(0, ...mine.map(({ length }) => length));
  const forNights = Array.from({ length: longest }, (_, i) =>
    mine.flatMap((images) => images.slice(i, i + 1)),
  ).flat();
  return { forNights: forNights.slice(0, needed), toMeasure: patients.slice(enough + 1).flat() };
}
