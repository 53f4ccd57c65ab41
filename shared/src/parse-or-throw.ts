import type { z } from 'zod';
import { InputError } from './errors.ts';

/** Every problem of a value on one line: path and what is wrong, never the value itself. */
export function describeProblems({ issues }: z.ZodError): string {
  return issues
    .map((issue) => {
      const path = issue.path.join('.');
      return path === '' ? issue.message : `${path}: ${issue.message}`;
    })
    .join('; ');
}

/**
 * Checks a value at a border.
 *
 * @param input name of the file, field or request part, for the error
 * @throws InputError that tells every problem at once
 */
export function parseOrThrow<T extends z.ZodType>(
  schema: T,
  value: unknown,
  input: string,
  remedy: string,
): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InputError({
    code: 'invalid',
    input,
    problem: describeProblems(parsed.error),
    remedy,
    cause: parsed.error,
  });
}

/** Reads JSON text and checks it. @throws InputError when it is no JSON, or not of the schema */
export function parseJsonOrThrow<T extends z.ZodType>(
  schema: T,
  text: string,
  input: string,
  remedy: string,
): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError({ code: 'not-json', input, problem: 'is not JSON', remedy, cause });
  }
  return parseOrThrow(schema, value, input, remedy);
}
