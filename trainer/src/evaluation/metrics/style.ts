import type { Present } from './present.ts';

/** What a rater's way of drawing is told by, beside where the lesion is: natural logarithms. */
export interface StyleError {
  /** Of the area. */
  readonly area: number;
  /** Of perimeter² / (4π·area): 0 for a disc; smooth outlines are low, those that follow spikes, vessels or holes high. */
  readonly outline: number;
}

/** Edges of pixels between inside and outside, the image's border among them. */
export function perimeter(mask: ArrayLike<number>, width: number): number {
  let edges = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const column = i % width;
    if (column === 0 || mask[i - 1] === 0) edges++;
    if (column === width - 1 || mask[i + 1] === 0) edges++;
    if (i < width || mask[i - width] === 0) edges++;
    if (i >= mask.length - width || mask[i + width] === 0) edges++;
  }
  return edges;
}

/** Traits of a mask, or undefined of an empty one. */
function traits(mask: ArrayLike<number>, width: number): StyleError | undefined {
  let area = 0;
  for (let i = 0; i < mask.length; i++) area += mask[i] as number;
  if (area === 0) return undefined;
  return { area: Math.log(area), outline: Math.log(perimeter(mask, width) ** 2 / (4 * Math.PI * area)) };
}

/** Each value minus the mean of those that are known; 0 for an unknown one, which has no style. */
function deviations(values: readonly (number | undefined)[]): number[] {
  const known = values.filter((value) => value !== undefined);
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  return values.map((value) => (value === undefined ? 0 : value - mean));
}

/**
 * How far personas are from their raters in **style**: each rater's deviation from the raters' mean on this image,
 * against its persona's deviation from the personas' mean, squared, averaged over raters. What all get wrong alike does
 * not count. A method that gives everybody one mask scores the raters' own variance: only below that is anybody's
 * style reproduced.
 *
 * @param personas R masks of H·W
 * @param raters R masks of H·W
 * @param width of the image, pixels
 * @returns NaN where fewer than two raters outlined anything
 */
export function styleError(
  personas: readonly ArrayLike<number>[],
  raters: readonly ArrayLike<number>[],
  width: number,
  present?: Present,
): StyleError {
  const told = raters
    .map((mask, r) => ({
      rater: (present?.[r] ?? true) ? traits(mask, width) : undefined,
      persona: traits(personas[r] as ArrayLike<number>, width),
    }))
    .filter(({ rater }) => rater !== undefined);
  if (told.length < 2) return { area: Number.NaN, outline: Number.NaN };
  const error = (trait: keyof StyleError) => {
    const theirs = deviations(told.map(({ rater }) => rater?.[trait]));
    const ours = deviations(told.map(({ persona }) => persona?.[trait]));
    return theirs.reduce((sum, value, i) => sum + (value - (ours[i] as number)) ** 2, 0) / told.length;
  };
  return { area: error('area'), outline: error('outline') };
}
