import { z } from 'zod';
import { evaluationSchema } from '../evaluation/table.ts';
import { metricsRecordSchema } from '../run/metrics-log.ts';
import { figureDataSchema } from './figures/figure-data.ts';
import { reportCaseSchema } from './report-case.ts';

/** A line of a list of facts. */
export const factSchema = z.strictObject({ label: z.string(), value: z.string() });
export type Fact = z.infer<typeof factSchema>;

/** The release that answered, and what quantizing it cost on validation images. */
export const reportReleaseSchema = z.strictObject({
  hash: z.string(),
  bytes: z.int().positive(),
  /** int8, float16 or float32. */
  quantization: z.string(),
  /** Mean Dice_persona and GED with the trained weights, and with those of the release. */
  diceBefore: z.number(),
  diceAfter: z.number(),
  gedBefore: z.number(),
  gedAfter: z.number(),
});
export type ReportRelease = z.infer<typeof reportReleaseSchema>;

export const timingSchema = z.strictObject({
  /** What was asked for, such as `POST …/cases`. */
  request: z.string(),
  /** Median wall time as the client saw it. */
  milliseconds: z.number().nonnegative(),
  /** Requests that the median is of. */
  requests: z.int().positive(),
});
export type Timing = z.infer<typeof timingSchema>;

/** One dataset and the model that was trained on it. */
export const studySchema = z
  .strictObject({
    evaluation: evaluationSchema,
    /** Source, hash, licence, attribution, split, preset, steps, seed, backend, … */
    provenance: z.array(factSchema),
    cases: z.array(reportCaseSchema),
    /** `metrics.jsonl` of the run. */
    curves: z.array(metricsRecordSchema),
    /** What the paper's figures show; null where they were not gathered. */
    figures: figureDataSchema.nullable(),
    release: reportReleaseSchema.nullable(),
    timings: z.array(timingSchema),
    /** What a reader should know before believing the figures; standing notes are added to these. */
    notes: z.array(z.string()),
  })
  .superRefine(({ evaluation, cases }, context) => {
    for (const [index, { experts, personas }] of cases.entries()) {
      if (experts.length !== evaluation.personas.length || personas.length !== evaluation.personas.length) {
        const message = `needs a mask of each of the ${evaluation.personas.length} experts and personas`;
        context.addIssue({ code: 'custom', path: ['cases', index], message });
      }
    }
  });
export type Study = z.infer<typeof studySchema>;

/** Everything that `artifacts/index.html` shows. */
export const reportDataSchema = z.strictObject({
  title: z.string().min(1),
  /** A sentence or two under the title. */
  summary: z.string(),
  created: z.iso.datetime(),
  software: z.strictObject({ name: z.string(), version: z.string() }),
  /** Of the whole run: minutes, memory, machine. */
  facts: z.array(factSchema),
  studies: z.array(studySchema).min(1),
});
export type ReportData = z.infer<typeof reportDataSchema>;
