import { InputError } from '@d-persona/shared/errors.ts';

/** Names that the error lists. */
const TOLD_AT_MOST = 20;

/**
 * Picks names by patterns in which * stands for anything. null picks all.
 *
 * @param option name of the setting, for the error
 * @throws InputError when a pattern fits nothing
 */
export function selectNames(
  names: readonly string[],
  patterns: readonly string[] | null,
  option: string,
): ReadonlySet<string> {
  if (patterns === null) return new Set(names);
  const picked = new Set<string>();
  for (const pattern of patterns) {
    const fits = names.filter((name) => wildcard(pattern).test(name));
    if (fits.length === 0) {
      throw new InputError({
        code: 'no-such-name',
        input: `${option}: ${pattern}`,
        problem: 'fits nothing in this dataset',
        remedy: `There are: ${names.slice(0, TOLD_AT_MOST).join(', ')}${names.length > TOLD_AT_MOST ? ', …' : ''}`,
      });
    }
    for (const name of fits) picked.add(name);
  }
  return picked;
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
