import type { Releases } from '@d-persona/shared/contract/releases.ts';
import { InputError } from '@d-persona/shared/errors.ts';

/** The release of a hospital that begins with these digits. @throws InputError where it is none, or more than one */
export function findRelease({ releases }: Pick<Releases, 'releases'>, prefix: string): string {
  const matching = releases.filter(({ release }) => release.startsWith(prefix));
  const [match] = matching;
  if (match !== undefined && matching.length === 1) return match.release;
  throw new InputError({
    code: 'no-such-release',
    input: 'release',
    problem: match === undefined ? 'is none of the hospital' : `could be any of ${matching.length}`,
    remedy: 'Look at d-persona release list',
  });
}
