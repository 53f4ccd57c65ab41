import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { loadDataset } from '../data/load-dataset.ts';
import type { Dataset } from '../data/sample.ts';
import type { RunConfig } from '../run/config.ts';
import type { Progress } from '../run/progress.ts';
import { RunFolder } from '../run/run-folder.ts';
import { askVariant } from './ask-variant.ts';
import { foldData, foldSplit } from './fold-data.ts';
import { disposeVariant, runVariant, type TrainedVariant } from './run-variant.ts';
import { COLUMNS, type Row, type RowResults, summarise } from './summarise.ts';
import { type RowValues, readValues, writeValues } from './values-file.ts';
import { variantConfig } from './variant-config.ts';
import { named, runOf, type TableName, tables, type Variant } from './variants.ts';

export interface TableOptions {
  readonly table: TableName;
  /** Names of rows; all of the table's if left out. The first is always there. */
  readonly rows?: readonly string[] | undefined;
  /** The row that all are compared with; the first if left out. */
  readonly against?: string | undefined;
  /** Config of the first row. */
  readonly base: RunConfig;
  readonly out: string;
  readonly seeds: number;
  readonly folds: number;
  readonly samples: number;
  readonly bank: number;
  readonly resamples: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Told before a run is trained or measured. */
  readonly onRun?: (row: string, seed: number, fold: number) => void;
}

/** One seed and fold: where all rows meet the same patients. */
interface Place {
  readonly dataset: Dataset;
  readonly seed: number;
  readonly fold: number;
}

/** The rows asked for, the table's first in front. @throws InputError for a name that is none */
export function rowsOf(table: TableName, names: readonly string[] | undefined): readonly Variant[] {
  const all: readonly Variant[] = tables[table];
  const unknown = names?.filter((name) => !all.some((row) => row.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new InputError({
      code: 'no-such-row',
      input: `--rows ${unknown.join(',')}`,
      problem: `names no row of the table ${table}`,
      remedy: `Choose among ${all.map(({ name }) => name).join(', ')}`,
    });
  }
  return names === undefined ? all : all.filter(({ name }, i) => i === 0 || names.includes(name));
}

function checkAgainst(rows: readonly Variant[], against: string): void {
  if (rows.some(({ name }) => name === against)) return;
  throw new InputError({
    code: 'no-such-row',
    input: `--against ${against}`,
    problem: 'is no row of this table',
    remedy: `Choose among ${rows.map(({ name }) => name).join(', ')}`,
  });
}

/**
 * Makes a table: trains every row's run (each once, shared by the rows that ask it in another way; Stage I shared where
 * it is the same), measures it on the test patients, compares it with one of them. What is done already is not done
 * again, so a table that was stopped goes on.
 *
 * @throws Interrupted when the signal aborts; InputError as of data, rows and run folders
 */
export async function makeTable(options: TableOptions): Promise<Row[]> {
  const { base, table, folds } = options;
  const rows = rowsOf(table, options.rows);
  if (options.against !== undefined) checkAgainst(rows, options.against);
  const { path, ...dataOptions } = base.data;
  const dataset = await loadDataset(path, { ...dataOptions, size: base.size });
  const values = new Map<string, RowValues[][]>(rows.map(({ name }) => [name, []]));
  for (let s = 0; s < options.seeds; s++) {
    for (const row of rows) values.get(row.name)?.push([]);
    for (let fold = 0; fold < folds; fold++) {
      for (const row of rows) {
        const found = await rowValues(row, { dataset, seed: base.seed + s, fold }, options);
        values.get(row.name)?.at(-1)?.push(found);
      }
    }
  }
  await dataset.close();
  const results = rows.map(
    ({ name, title }): RowResults => ({ name, title, values: values.get(name) as RowValues[][] }),
  );
  const reference = results.find(({ name }) => name === (options.against ?? results[0]?.name));
  const bootstrap = { seed: base.seed, resamples: options.resamples };
  return results.map((row) => summarise(row, reference as RowResults, COLUMNS[table], bootstrap));
}

/** A run's folder: its patients (seed of the split, fold) and its own seed. */
const folderOf = ({ out, base, folds }: TableOptions, { name }: Variant, { seed, fold }: Place) =>
  join(out, name, `split-${base.seed}-fold-${fold + 1}-of-${folds}`, `seed-${seed}`);

async function rowValues(row: Variant, place: Place, options: TableOptions): Promise<RowValues> {
  const { seed, fold } = place;
  const asked = {
    samples: row.ask?.samples ?? options.samples,
    bank: row.ask?.bank ?? options.bank,
    seed: options.base.seed,
  };
  const folder = folderOf(options, row, place);
  const run = runOf(row);
  // Refuses values of other settings before they are taken for these.
  await new RunFolder(folderOf(options, run, place)).begin(variantConfig(options.base, run, seed));
  const known = await readValues(folder, asked);
  if (known !== undefined) return known;
  options.onRun?.(row.name, seed, fold);
  const started = performance.now();
  const { trained, data } = await trainedRun(run, place, options);
  const trainedSeconds = row.run === undefined ? (performance.now() - started) / 1000 : 0;
  const images = await askVariant(trained, data, asked, row.ask?.answer);
  disposeVariant(trained);
  const found = { asked, trainedSeconds, images };
  await writeValues(folder, found);
  return found;
}

/** A variant's finished run, trained where it has not been; first that whose Stage I it takes. */
async function trainedRun(variant: Variant, place: Place, options: TableOptions) {
  const { base, folds, progress, signal } = options;
  const config = variantConfig(base, variant, place.seed);
  const split = foldSplit(place.dataset.samples, base.seed, place.fold, folds);
  const data = foldData(place.dataset, config, split);
  const from = variant.stage1 === undefined ? undefined : named(variant.stage1);
  if (from !== undefined) disposeVariant((await trainedRun(from, place, options)).trained);
  const trained: TrainedVariant = await runVariant({
    training: variant.training,
    config,
    data,
    folder: folderOf(options, variant, place),
    stage1: from === undefined ? null : folderOf(options, from, place),
    progress,
    signal,
  });
  return { trained, data };
}
