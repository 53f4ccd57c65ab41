import {
  PROBLEM_MEDIA_TYPE,
  PROBLEMS,
  type Problem,
  type ProblemKind,
  problemType,
} from '@d-persona/shared/contract/problem.ts';
import { InputError } from '@d-persona/shared/errors.ts';
import { ReleaseError } from '@d-persona/shared/release/release-error.ts';
import { HTTPException } from 'hono/http-exception';
import { StoreUnavailable } from '../store/store-unavailable.ts';
import { ProblemError, unavailable } from './problem-error.ts';

/** What was wrong with an image or a region (the code of an InputError) as a kind of problem. */
const INPUT_PROBLEMS: Readonly<Record<string, ProblemKind>> = {
  'empty-body': 'malformed-request',
  'not-an-image': 'malformed-request',
  'broken-image': 'malformed-request',
  'body-too-large': 'too-large',
  'image-too-large': 'too-large',
  'image-too-small': 'unreadable-image',
  'unsupported-image': 'unreadable-image',
  'region-outside-image': 'unreadable-image',
  'bad-region': 'unreadable-image',
  'no-such-frame': 'unreadable-image',
  'malformed-dicom': 'malformed-request',
  'unsupported-transfer-syntax': 'unsupported-media-type',
  'unusable-dicom': 'unreadable-image',
  'dicom-too-large': 'too-large',
  'empty-series': 'malformed-request',
  'mixed-series': 'unreadable-image',
  'same-position': 'unreadable-image',
  'ambiguous-annotation': 'unreadable-image',
};

/**
 * Any error as the problem the caller is told. A bug becomes a 500 that says nothing of its cause: neither a message
 * nor a stack may leave, for they may hold what was sent.
 */
export function toProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof StoreUnavailable) return storeUnavailable();
  if (error instanceof ReleaseError) {
    return unavailable(
      'no-release',
      `The hospital's release cannot be loaded: ${error.input} ${error.problem}. ${error.remedy}.`,
      30,
    );
  }
  if (error instanceof InputError) {
    const kind = INPUT_PROBLEMS[error.code];
    if (kind !== undefined) return new ProblemError(kind, error.message);
  }
  if (error instanceof HTTPException && error.status < 500) {
    return new ProblemError(
      'malformed-request',
      'The request could not be read. See /docs for what it must look like.',
    );
  }
  return new ProblemError(
    'internal-error',
    'The server failed. Try again; if it stays so, tell its operator the request id.',
  );
}

/** What is kept elsewhere cannot be read or written now. */
export function storeUnavailable(): ProblemError {
  return unavailable(
    'store-unavailable',
    'What this needs is kept where nobody answers now. Try again in a while.',
    10,
  );
}

/** The problem document (RFC 9457). @param instance the request id. */
export function problemResponse({ kind, message, headers }: ProblemError, instance: string): Response {
  const { title, status } = PROBLEMS[kind];
  const problem: Problem = { type: problemType(kind), title, status, detail: message, instance };
  return new Response(JSON.stringify(problem), {
    status,
    headers: { ...headers, 'content-type': PROBLEM_MEDIA_TYPE, 'x-request-id': instance },
  });
}
