import { annotationRecordSchema } from '@d-persona/shared/contract/annotations.ts';
import { hashSchema } from '@d-persona/shared/release/manifest.ts';
import { z } from 'zod';
import { driftReportSchema } from '../drift/drift-report.ts';
import { judgementSchema } from './judge.ts';

/** What each step of a hospital's night leaves: one file each. */
export const pulledSchema = z.strictObject({
  began: z.iso.datetime(),
  records: z.array(annotationRecordSchema),
  cursor: z.int(),
  /** The release that serves the hospital, and its version, on which everything of this night is based. */
  parent: hashSchema,
  version: z.int(),
  /** What became of the release that an earlier night put on trial. */
  trial: z.strictObject({ outcome: z.enum(['none', 'promoted', 'ended', 'goes on']), reason: z.string() }),
});

export const checkedSchema = z.strictObject({
  /** Why, by annotation. */
  setAside: z.record(z.string(), z.string()),
  /** Dice with the reader's own persona, by annotation; none where the reader has no persona yet. */
  agreement: z.record(z.string(), z.number()).default({}),
});

export type Checked = z.output<typeof checkedSchema>;

/** A reader of the night. */
const readerSchema = z.strictObject({
  persona: z.string(),
  title: z.string(),
  newCases: z.int(),
  /** Cases to learn from, of all nights. */
  cases: z.int(),
  /** Learnt from before, and withdrawn since. */
  withdrawn: z.int(),
  due: z.boolean(),
  reason: z.string(),
});

export type NightReader = z.infer<typeof readerSchema>;

export const plannedSchema = z.strictObject({ version: z.string(), readers: z.array(readerSchema) });

/** A head of the night: trained and judged. */
export const headSchema = z.strictObject({
  persona: z.string(),
  title: z.string(),
  /** The persona whose head it began as. */
  from: z.string(),
  /** Whether that is the reader's own. */
  own: z.boolean(),
  seconds: z.number(),
  trainedOn: z.array(z.string()),
  judgement: judgementSchema,
});

export type NightHead = z.infer<typeof headSchema>;

export const publishedSchema = z.strictObject({ release: hashSchema.nullable() });

export const promotedSchema = z.strictObject({
  outcome: z.enum(['nothing', 'promoted', 'on trial', 'overtaken']),
  reason: z.string(),
});

/** `report.json` of a hospital's night. */
export const hospitalReportSchema = z.strictObject({
  hospital: z.string(),
  night: z.string(),
  /** Of the whole night: the worst that happened to a reader. */
  decision: z.enum(['nothing', 'kept', 'refused', 'promoted', 'on trial', 'overtaken']),
  reason: z.string(),
  taken: z.int(),
  withdrawn: z.int(),
  setAside: z.array(z.strictObject({ annotation: z.string(), persona: z.string(), reason: z.string() })),
  readers: z.array(readerSchema),
  heads: z.array(headSchema),
  dataVersion: z.string(),
  parent: hashSchema,
  release: hashSchema.nullable(),
  trial: pulledSchema.shape.trial,
  drift: driftReportSchema.nullable().default(null),
  minutes: z.number(),
  dollars: z.number(),
});

export type HospitalReport = z.output<typeof hospitalReportSchema>;
