import { problemSchema } from '../contract/problem.ts';
import { InputError } from '../errors.ts';
import { ApiError } from './api-error.ts';
import { DEFAULT_RETRY, isPassing, pauseMs, type RetryPolicy } from './retry.ts';

/** Where the API is and who asks. */
export interface Endpoint {
  /** Without a slash at its end. */
  readonly url: string;
  /** API key, or an access token; it is never logged. */
  readonly key: string;
  /** Absent: the global one. For tests. */
  readonly fetch?: typeof fetch;
  /** What differs from the default policy. */
  readonly retry?: Partial<RetryPolicy>;
}

/** One request. */
export interface Call {
  readonly method: string;
  /** From `/v1` on, with its query. */
  readonly path: string;
  readonly body?: string | Uint8Array | FormData;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Whether it may be sent again when it is not known what became of it. A request that stores something may, if it
   * has an `idempotency-key` or says by itself what is to be there.
   */
  readonly repeatable: boolean;
}

/**
 * Sends a request, and again where the server is busy or out of reach for a moment.
 *
 * @throws ApiError for a refusal, InputError `unreachable` where nobody answers
 */
export async function send({ url, key, fetch: ask = fetch, retry }: Endpoint, call: Call): Promise<Response> {
  const policy = { ...DEFAULT_RETRY, ...retry };
  const { method, path, body, headers, repeatable } = call;
  const init = {
    method,
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(body !== undefined && { body: body as string | Uint8Array<ArrayBuffer> | FormData }),
  };
  for (let attempt = 1; ; attempt++) {
    let response: Response | undefined;
    let cause: unknown;
    try {
      response = await ask(`${url}${path}`, init);
    } catch (error) {
      cause = error;
    }
    if (response?.ok) return response;
    const again = response === undefined ? repeatable : isPassing(response.status);
    const retryAfter = response?.headers.get('retry-after') ?? null;
    const ms = again ? pauseMs(attempt, retryAfter, policy, Date.now()) : undefined;
    if (ms === undefined)
      throw response === undefined ? unreachable(url, cause) : await refusal(call, response);
    await response?.body?.cancel();
    await policy.pause(ms);
  }
}

function unreachable(url: string, cause: unknown): InputError {
  return new InputError({
    code: 'unreachable',
    input: url,
    problem: 'does not answer',
    remedy: 'Check the address, and that the server is running (d-persona serve)',
    cause,
  });
}

async function refusal({ method, path }: Call, response: Response): Promise<ApiError> {
  const problem = problemSchema.safeParse(await response.json().catch(() => undefined));
  const told = { title: response.statusText, detail: 'no problem document', instance: 'unknown' };
  const request = `${method} ${path.replace(/\?.*/, '')}`;
  return new ApiError(request, response.status, problem.success ? problem.data : told);
}
