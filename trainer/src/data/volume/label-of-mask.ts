import { InputError } from '@d-persona/shared/errors.ts';

/**
 * The value that stands for the structure in a labelled mask: the one asked for, or the only one besides 0.
 *
 * @param values as stored; value = slope · stored + intercept
 * @returns null for an empty mask
 * @throws InputError `several-labels` where there are several and none was chosen; `not-a-mask`
 */
export function labelOfMask(
  values: ArrayLike<number>,
  wanted: number | null,
  name: string,
  slope = 1,
  intercept = 0,
): number | null {
  const labels = new Set<number>();
  let last = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    const stored = values[i] as number;
    if (stored === last) continue;
    last = stored;
    labels.add(slope * stored + intercept);
    if (labels.size > 256) break;
  }
  labels.delete(0);
  const list = [...labels].sort((a, b) => a - b);
  if (list.length > 256 || list.some((label) => !Number.isInteger(label) || label < 0)) {
    throw new InputError({
      code: 'not-a-mask',
      input: name,
      problem: `has values such as ${list.slice(0, 4).join(', ')}; a mask has whole numbers from 0 on`,
      remedy: 'Save the mask with 0 outside and 1 inside',
    });
  }
  if (wanted !== null) return labels.has(wanted) ? wanted : null;
  if (list.length <= 1) return list[0] ?? null;
  throw new InputError({
    code: 'several-labels',
    input: name,
    problem: `has the labels ${list.slice(0, 8).join(', ')}${list.length > 8 ? ', …' : ''}`,
    remedy: `Choose the structure: --set data.label=${list[0]}`,
  });
}
