import { ProblemError } from '../problem/problem-error.ts';
import type { Settings } from '../settings.ts';
import { TokenBuckets } from './token-bucket.ts';

/** Cloudflare's rate limiter binding: counts over all isolates of a place. */
export interface RateLimiter {
  limit(of: { key: string }): Promise<{ success: boolean }>;
}

/** Rate limiter bindings, where there are any. */
export interface RateLimiters {
  readonly key?: RateLimiter | undefined;
  readonly hospital?: RateLimiter | undefined;
}

/** A request that came longer ago was dropped by the runtime, which tells nobody. */
const LONGEST_MS = 15 * 60_000;

/** The period of the bindings in `wrangler.toml`. */
const BINDING_PERIOD_SECONDS = 60;

/**
 * How much one key and one hospital may ask for: requests, computing time, and requests at once. A hospital that asks
 * for too much is told to come back; the others do not notice.
 */
export class RequestLimits {
  readonly #limiters: RateLimiters;
  readonly #keys: TokenBuckets;
  readonly #hospitals: TokenBuckets;
  readonly #computing: TokenBuckets;
  readonly #strangers: TokenBuckets;
  /** By hospital, when each of its requests came. */
  readonly #running = new Map<string, Set<{ readonly since: number }>>();
  readonly #now: () => number;
  readonly #maxRunning: number;

  /** @param now milliseconds since 1970 */
  constructor(settings: Settings, limiters: RateLimiters, now: () => number) {
    this.#limiters = limiters;
    this.#now = now;
    this.#keys = new TokenBuckets(settings.KEY_REQUESTS_PER_MINUTE, now);
    this.#hospitals = new TokenBuckets(settings.HOSPITAL_REQUESTS_PER_MINUTE, now);
    this.#computing = new TokenBuckets(1000 * settings.HOSPITAL_CPU_SECONDS_PER_MINUTE, now);
    this.#strangers = new TokenBuckets(settings.WRONG_KEYS_PER_MINUTE, now);
    this.#maxRunning = settings.MAX_HOSPITAL_CONCURRENT;
  }

  /**
   * Admits a request.
   *
   * @param who see `Caller.who`
   * @returns to be called when the request is answered, with the milliseconds that it computed for
   * @throws ProblemError 429 with `retry-after`
   */
  async enter(hospital: string, who: string): Promise<(computedMs: number) => void> {
    const key = `${hospital} ${who}`;
    const wait =
      this.#computing.take(hospital, 0) || this.#keys.take(key, 1) || this.#hospitals.take(hospital, 1);
    if (wait > 0) throw tooMany('in this minute', wait);
    const asked = [this.#limiters.key?.limit({ key }), this.#limiters.hospital?.limit({ key: hospital })];
    const answers = await Promise.all(asked);
    if (answers.some((answer) => answer?.success === false))
      throw tooMany('in this minute', BINDING_PERIOD_SECONDS);
    const since = this.#now();
    const running = this.#running.get(hospital) ?? new Set();
    for (const other of running) if (since - other.since > LONGEST_MS) running.delete(other);
    if (running.size >= this.#maxRunning) throw tooMany('at once', 1);
    const request = { since };
    running.add(request);
    this.#running.set(hospital, running);
    return (computedMs) => {
      this.#computing.draw(hospital, computedMs);
      running.delete(request);
      if (running.size === 0 && this.#running.get(hospital) === running) this.#running.delete(hospital);
    };
  }

  /** Counts a wrong key. A right one from the same address is not affected. @throws ProblemError 429 for too many */
  wrongKey(address: string): void {
    const wait = this.#strangers.take(address, 1);
    if (wait > 0) throw tooMany('with wrong keys', wait);
  }
}

function tooMany(what: string, seconds: number): ProblemError {
  const detail = `There were too many requests ${what}. Send this one again in ${seconds} seconds.`;
  return new ProblemError('too-many-requests', detail, { 'retry-after': String(seconds) });
}
