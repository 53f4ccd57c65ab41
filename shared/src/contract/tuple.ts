import { z } from 'zod';

/** A list of a fixed length, whose description says so: JSON Schema's `prefixItems` alone allows any. */
export function tuple<const T extends readonly [z.ZodType, ...z.ZodType[]]>(...items: T) {
  return z.tuple(items).meta({ minItems: items.length, maxItems: items.length });
}
