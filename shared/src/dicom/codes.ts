import { z } from 'zod';
import type { WritableDataSet } from './write-dataset.ts';

/** A coded concept (PS3.3 8.8): what a word means, in a terminology that others know. */
export const codeSchema = z.strictObject({
  value: z
    .string()
    .regex(/^[\w.-]{1,16}$/)
    .meta({ description: 'Code value', example: '27925004' }),
  scheme: z
    .string()
    .regex(/^[A-Z0-9_-]{1,16}$/)
    .meta({ description: 'Coding scheme designator: SCT is SNOMED CT', example: 'SCT' }),
  meaning: z
    .string()
    .regex(/^[^\\\p{Cc}]{1,64}$/u)
    .meta({ description: 'For people', example: 'Nodule' }),
});

export type Code = Readonly<z.infer<typeof codeSchema>>;

/** An item of a code sequence. */
export function codeItem({ value, scheme, meaning }: Code): WritableDataSet {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}

/** A code of DICOM's own (PS3.16 annex D). */
export function dcm(value: string, meaning: string): Code {
  return { value, scheme: 'DCM', meaning };
}

/** A code of SNOMED CT. */
export function sct(value: string, meaning: string): Code {
  return { value, scheme: 'SCT', meaning };
}
