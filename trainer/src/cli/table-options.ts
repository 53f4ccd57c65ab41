import { resolve } from 'node:path';
import { z } from 'zod';
import { buildConfig, parseSetting } from '../run/build-config.ts';
import { terminalProgress } from '../run/progress.ts';
import { makeTable } from '../tables/make-table.ts';
import { renderRows } from '../tables/render-rows.ts';
import { tables } from '../tables/variants.ts';
import { abortOnStop } from './until-stopped.ts';

const count = z.coerce.number().int().min(1);

/** Options of `d-persona evaluate --table`. */
export const tableOptionsSchema = z.strictObject({
  table: z.enum(Object.keys(tables) as [keyof typeof tables]),
  data: z.string({ error: 'is needed: --data <folder or zip archive>' }).min(1),
  out: z.string({ error: 'is needed: --out <folder>' }).min(1),
  rows: z.string().optional(),
  against: z.string().optional(),
  seeds: count.max(100),
  folds: count.max(20),
  set: z.array(z.string()),
  samples: count.min(2).max(500),
  bank: count.max(5000),
  resamples: count.min(100).max(100_000),
  json: z.boolean().optional(),
});

/** Trains and measures all rows of a table, and prints it. */
export async function printTable(options: z.output<typeof tableOptionsSchema>): Promise<void> {
  const { table, data, rows, set, json, ...rest } = options;
  const base = buildConfig('recipe', [{ data: { path: resolve(data) } }, ...set.map(parseSetting)]);
  const result = await makeTable({
    ...rest,
    table,
    base,
    rows: rows?.split(','),
    progress: terminalProgress(process.stderr),
    signal: abortOnStop(),
    onRun: (row, seed, fold) => console.error(`${row}, seed ${seed}, fold ${fold + 1} of ${rest.folds}`),
  });
  console.log(json ? JSON.stringify(result) : renderRows(table, result));
}
