import { ProblemError } from '../problem/problem-error.ts';

const FORM = /^[\x21-\x7e]{1,200}$/;

/** How the header is described. */
export const idempotencyParameter = {
  name: 'idempotency-key',
  in: 'header' as const,
  required: false,
  schema: { type: 'string' as const, pattern: '^[\\x21-\\x7e]{1,200}$' },
  description:
    'Chosen by the caller. Within a day the same request under the same key is done once, and told the same',
};

/** The key of a request, if it has one. @throws ProblemError 400 for what is none */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || FORM.test(header)) return header;
  throw new ProblemError('malformed-request', 'idempotency-key: must be 1 to 200 visible ASCII characters.');
}
