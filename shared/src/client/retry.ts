/** How often and how long a client tries. */
export interface RetryPolicy {
  /** Attempts in all. */
  readonly attempts: number;
  /** Longest pause, also where the server asks for a longer one: then the caller is told at once. */
  readonly maxPauseMs: number;
  readonly pause: (ms: number) => Promise<void>;
  /** In [0, 1): spreads clients that failed together. */
  readonly jitter: () => number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 4,
  maxPauseMs: 30_000,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  jitter: Math.random,
};

const BASE_PAUSE_MS = 250;

/** Statuses of a server, or something before it, that did not do what it was asked. */
export function isPassing(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/**
 * The pause before the next attempt, ms: what the server asks for, else growing and jittered.
 *
 * @param attempt that failed, from 1
 * @param retryAfter the header, seconds or a date
 * @param now milliseconds since 1970
 * @returns undefined where there is no next attempt
 */
export function pauseMs(
  attempt: number,
  retryAfter: string | null,
  { attempts, maxPauseMs, jitter }: RetryPolicy,
  now: number,
): number | undefined {
  if (attempt >= attempts) return undefined;
  const growing = BASE_PAUSE_MS * 2 ** (attempt - 1);
  const asked = retryAfter === null ? 0 : askedMs(retryAfter, now);
  const ms = Math.max(asked, growing * (0.5 + jitter() / 2));
  return ms <= maxPauseMs ? ms : undefined;
}

function askedMs(retryAfter: string, now: number): number {
  if (/^\d+$/.test(retryAfter)) return 1000 * Number(retryAfter);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
