import { InputError } from '@d-persona/shared/errors.ts';
import type { Job } from './job.ts';

/**
 * The values of the environment variables that a job names.
 *
 * @throws InputError that names those that are not set, and those of more than one line
 */
export function secretValues(
  { secrets, id }: Job,
  env: NodeJS.ProcessEnv = process.env,
): ReadonlyMap<string, string> {
  const missing = secrets.filter((name) => env[name] === undefined || env[name]?.includes('\n'));
  if (missing.length > 0) {
    throw new InputError({
      code: 'no-secret',
      input: `job ${id}`,
      problem: `names environment variables that are not set to one line: ${missing.join(', ')}`,
      remedy: 'Set them where this command runs',
    });
  }
  return new Map(secrets.map((name) => [name, env[name] as string]));
}
