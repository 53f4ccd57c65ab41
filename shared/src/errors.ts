/** What an {@link InputError} is made of. */
export interface InputProblem {
  /** Stable identifier of the kind of problem, kebab-case, for programs. */
  readonly code: string;
  /** The file, field, argument or request part that is wrong. Never its content. */
  readonly input: string;
  /** What is wrong with it, without a full stop. */
  readonly problem: string;
  /** What the caller can do about it: a sentence without a full stop. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/**
 * A mistake of the caller, told apart by type from a bug: it names the input and the remedy.
 * The command line prints its message and no stack; over HTTP it becomes a problem document (RFC 9457).
 */
export class InputError extends Error {
  override readonly name: string = 'InputError';
  readonly code: string;
  readonly input: string;
  readonly problem: string;
  readonly remedy: string;

  constructor({ code, input, problem, remedy, cause }: InputProblem) {
    super(`${input}: ${problem}. ${remedy}.`, { cause });
    this.code = code;
    this.input = input;
    this.problem = problem;
    this.remedy = remedy;
  }
}
