import { InputError } from '@d-persona/shared/errors.ts';

export function broken(input: string, problem: string, cause?: unknown): InputError {
  return new InputError({
    code: 'broken-nifti',
    input,
    problem,
    remedy: 'Copy or export the file again',
    cause,
  });
}

export function unsupported(input: string, problem: string, remedy: string): InputError {
  return new InputError({ code: 'unsupported-nifti', input, problem, remedy });
}
