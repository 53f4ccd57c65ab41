import { parseOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import type { z } from 'zod';

/** Checks the options of a command. @throws InputError that names every wrong one */
export function parseOptions<T extends z.ZodType>(schema: T, raw: unknown): z.output<T> {
  return parseOrThrow(schema, raw, 'options', 'See --help of this command');
}
