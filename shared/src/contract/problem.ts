import { z } from 'zod';

/**
 * The kinds of problem: a stable `type` URI (relative to the server, described at `/docs`), its title and status.
 * RFC 9457: `type` and `title` tell the kind, `detail` this occurrence.
 */
export const PROBLEMS = {
  'malformed-request': { status: 400, title: 'The request is malformed' },
  'missing-key': { status: 401, title: 'A key is needed' },
  'missing-scope': { status: 403, title: 'The key lacks a scope' },
  'not-found': { status: 404, title: 'There is no such resource' },
  'unknown-case': { status: 404, title: 'The case is not known' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'not-acceptable': { status: 406, title: 'There is no such representation' },
  conflict: { status: 409, title: 'The request conflicts with what is there' },
  'precondition-failed': { status: 412, title: 'Somebody else changed it meanwhile' },
  'too-large': { status: 413, title: 'The content is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  'unreadable-image': { status: 422, title: 'The image cannot be read by this release' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'The server has a fault' },
  busy: { status: 503, title: 'The server is busy' },
  'no-release': { status: 503, title: 'No release can be served' },
  'store-unavailable': { status: 503, title: 'What is stored cannot be reached now' },
} as const;

export type ProblemKind = keyof typeof PROBLEMS;

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The `type` of a kind of problem. */
export function problemType(kind: ProblemKind): string {
  return `/problems/${kind}`;
}

export const problemSchema = z
  .strictObject({
    type: z
      .string()
      .meta({ description: 'The kind of problem: a stable URI', example: '/problems/unknown-case' }),
    title: z.string().meta({ description: 'The kind of problem, for people' }),
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status' }),
    detail: z.string().meta({ description: 'What was wrong with which input, and the remedy' }),
    instance: z.string().meta({ description: 'The request id, also in `x-request-id`' }),
  })
  .meta({ id: 'Problem', description: 'What went wrong (RFC 9457)' });

export type Problem = z.infer<typeof problemSchema>;
