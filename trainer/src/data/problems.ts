import { InputError } from '@d-persona/shared/errors.ts';

/** Problems that a message tells one by one; the rest are counted. */
const TOLD_AT_MOST = 20;

/**
 * One error for all that is wrong with a dataset, so that a user repairs it once and not file by file.
 *
 * @param input what the user called the dataset
 */
export function allProblems(input: string, problems: readonly InputError[]): InputError {
  const [first] = problems;
  if (first !== undefined && problems.length === 1) return first;
  const told = problems.slice(0, TOLD_AT_MOST).map(({ message }) => `\n  - ${message}`);
  const more = problems.length - told.length;
  return new InputError({
    code: 'bad-dataset',
    input,
    problem: `has ${problems.length} files that cannot be used:${told.join('')}${more > 0 ? `\n  - and ${more} more` : ''}\n`,
    remedy: 'Repair them, or go on without these images: --set data.onBroken=skip',
    cause: problems,
  });
}

/** Runs a check; what the user did wrong is returned, a bug is thrown on. */
export async function orInputError<T>(check: () => Promise<T>): Promise<T | InputError> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}
