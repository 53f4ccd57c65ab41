import { VERSION_TAG } from '@d-persona/shared/contract/releases.ts';
import { createMiddleware } from 'hono/factory';
import { ProblemError } from '../problem/problem-error.ts';
import type { AppEnv } from '../services.ts';

/**
 * The version that a change is based on, from the header `if-match`.
 *
 * @returns null for `*`: whatever is there
 * @throws ProblemError 400 without the header, or for one that is no tag of this server
 */
export function ifMatch(header: string | undefined): number | null {
  if (header === '*') return null;
  const version = VERSION_TAG.exec(header ?? '')?.[1];
  if (version !== undefined) return Number(version);
  throw new ProblemError(
    'malformed-request',
    'if-match: must be the etag that GET …/releases gave, such as "3", or * to change whatever is there.',
  );
}

/** The entity tag of a version. */
export function versionTag(version: number): string {
  return `"${version}"`;
}

/** Refuses a request without the header before anything else is done. */
export const demandIfMatch = createMiddleware<AppEnv>(async (c, next) => {
  ifMatch(c.req.header('if-match'));
  await next();
});
