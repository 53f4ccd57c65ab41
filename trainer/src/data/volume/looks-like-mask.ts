import { MOST_LABELS } from './limits.ts';

/** What a file's values say of it: `empty` has nothing but zeros. */
export type Look = 'mask' | 'image' | 'empty';

/** Whole numbers, not negative, and few different ones are labels; anything else is an image. */
export function lookOf(values: ArrayLike<number>, slope = 1, intercept = 0): Look {
  const seen = new Set<number>();
  for (let i = 0; i < values.length; i++) {
    const stored = values[i] as number;
    if (seen.has(stored)) continue;
    seen.add(stored);
    const value = slope * stored + intercept;
    if (!Number.isInteger(value) || value < 0 || seen.size > MOST_LABELS) return 'image';
  }
  if (seen.size === 1 && slope * (values[0] as number) + intercept === 0) return 'empty';
  return 'mask';
}
