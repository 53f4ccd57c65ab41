import { z } from 'zod';

/** A number as JSON writes it. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The number that a text is, or what was given, for the schema to refuse. */
export function textNumber(value: unknown): unknown {
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
}

/** A query parameter is text; the part `options` of a multipart body is JSON. Both give the same numbers. */
export function queryNumber<T extends z.ZodType>(schema: T) {
  return z.preprocess(textNumber, schema);
}
