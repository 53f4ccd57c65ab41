import { ProblemError } from '../problem/problem-error.ts';
import { storeUnavailable } from '../problem/problem-response.ts';
import type { Outcome } from './hospital-writer.ts';
import { versionTag } from './if-match.ts';

/** The version after a change. @throws ProblemError 404, 409, 412 or 503 for a change that was not made */
export function outcomeVersion(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'done':
      return outcome.version;
    case 'stale':
      throw new ProblemError(
        'precondition-failed',
        'if-match: is not the etag of the current release any more. Look at GET …/releases, and decide again.',
        { etag: versionTag(outcome.version) },
      );
    case 'unknown-release':
      throw new ProblemError(
        'not-found',
        'release: is none of this hospital. GET …/releases lists them; publish it first.',
      );
    case 'broken-release':
      throw new ProblemError(
        'conflict',
        'release: lacks a file, or one was altered. Publish it again before it is promoted.',
      );
    case 'unavailable':
      throw storeUnavailable();
  }
}
