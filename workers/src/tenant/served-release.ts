import { unavailable } from '../problem/problem-error.ts';
import type { Tenant } from './tenant.ts';

/**
 * The release that serves a request, as the hospital was when the request came in.
 *
 * @throws ProblemError 503 while the hospital has no release
 */
export function servedRelease({ release }: Tenant): string {
  if (release !== null) return release;
  throw unavailable('no-release', 'The hospital has no current release yet. Promote one.', 5);
}
