import { InputError } from '../errors.ts';

/** The server's refusal, from its problem document. */
export class ApiError extends InputError {
  override readonly name = 'ApiError';
  readonly status: number;
  /** The request's id, by which the server's log knows it. */
  readonly requestId: string;

  constructor(request: string, status: number, problem: { title: string; detail: string; instance: string }) {
    super({
      code: `http-${status}`,
      input: request,
      problem: `${problem.title} (${status}): ${problem.detail.replace(/\.$/, '')}`,
      remedy: `Request id ${problem.instance}`,
    });
    this.status = status;
    this.requestId = problem.instance;
  }
}
