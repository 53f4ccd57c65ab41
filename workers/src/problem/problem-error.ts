import { PROBLEMS, type ProblemKind } from '@d-persona/shared/contract/problem.ts';

/** A request that is answered with a problem document: its kind, what was wrong, and the remedy. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly kind: ProblemKind;
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail names the input and the remedy, and never repeats what was sent. */
  constructor(kind: ProblemKind, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.kind = kind;
    this.headers = headers;
  }

  get status(): number {
    return PROBLEMS[this.kind].status;
  }
}

/** The server cannot answer now, but the same request may be answered in a few seconds. */
export function unavailable(
  kind: 'busy' | 'no-release' | 'store-unavailable',
  detail: string,
  retryAfterSeconds: number,
): ProblemError {
  return new ProblemError(kind, detail, { 'retry-after': String(retryAfterSeconds) });
}
