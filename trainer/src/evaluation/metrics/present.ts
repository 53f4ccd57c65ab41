/** Which raters outlined this image, in the order of the masks; left out: all of them. */
export type Present = readonly boolean[];

/** The items of the raters that are present. */
export function onlyPresent<T>(items: readonly T[], present?: Present): T[] {
  if (present === undefined) return [...items];
  if (present.length !== items.length) {
    throw new Error(`${items.length} raters, but ${present.length} are said to be present or not`);
  }
  return items.filter((_, index) => present[index]);
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
