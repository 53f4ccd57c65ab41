import { z } from 'zod';

/** What was found about one file. */
const rowSchema = z.strictObject({
  file: z.string(),
  transfer_syntax: z.string().nullable(),
  /** Of the Worker's answer to the request for a segmentation. */
  status: z.int(),
  decoded: z.boolean(),
  /** Null where there is nothing to compare with. */
  pixels_equal: z.boolean().nullable(),
  /** What they were compared with, and by how much they differ. */
  compared: z.string().nullable(),
  seg_valid: z.boolean().nullable(),
  seg_errors: z.array(z.string()),
  refused_clearly: z.boolean(),
  detail: z.string().nullable(),
  /** Of the request for a segmentation. */
  ms: z.number(),
});

export type Row = z.infer<typeof rowSchema>;

/** What `npm run check:dicom -- --json` prints. */
export const reportSchema = z.strictObject({
  files: z.int(),
  decoded: z.int(),
  pixels_equal: z.int(),
  seg_valid: z.int(),
  refused_clearly: z.int(),
  server_errors: z.int(),
  rows: z.array(rowSchema),
});

export type Report = z.infer<typeof reportSchema>;

/** A server error is a status from 500 on, or an answer that took more than this. */
export const MOST_MS = 5000;

export function summarise(rows: Row[]): Report {
  const count = (is: (row: Row) => boolean | null) => rows.filter(is).length;
  return {
    files: rows.length,
    decoded: count(({ decoded }) => decoded),
    pixels_equal: count(({ pixels_equal }) => pixels_equal),
    seg_valid: count(({ seg_valid }) => seg_valid),
    refused_clearly: count(({ refused_clearly }) => refused_clearly),
    server_errors: count(({ status, ms }) => status >= 500 || ms > MOST_MS),
    rows,
  };
}
