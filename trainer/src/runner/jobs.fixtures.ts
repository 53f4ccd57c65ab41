import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_PRICES } from './cost.ts';
import { type Job, jobSchema, loadJob } from './job.ts';
import type { RunOptions } from './run-options.ts';

/**
 * A program that counts to its second argument, a step every 20 ms, with its count in `output/count` as its
 * checkpoint: started again, it counts on. It writes a line at its start, so that starts can be counted, and on
 * SIGTERM ends with 130. `input/step` says by how much it counts.
 */
const COUNTER = `
const { readFileSync, writeFileSync, appendFileSync, mkdirSync, renameSync } = require('node:fs');
mkdirSync('output', { recursive: true });
appendFileSync('starts', 'start\\n');
const by = Number(readFileSync('input/step', 'utf8'));
let count = 0;
try { count = Number(readFileSync('output/count', 'utf8')); } catch {}
console.log('from ' + count + (process.env.TEST_SECRET ? ' with a secret of ' + process.env.TEST_SECRET.length : ''));
const end = () => process.exit(130);
process.on('SIGTERM', end);
const timer = setInterval(() => {
  if (count >= Number(process.argv[2])) { clearInterval(timer); process.removeListener('SIGTERM', end); return; }
  count += by;
  writeFileSync('output/next', String(count));
  renameSync('output/next', 'output/count');
  console.log('count ' + count);
  if (process.argv[3] === 'fail-at-' + count) process.exit(7);
}, 20);
`;

export interface TestJob {
  readonly job: Job;
  remove(): Promise<void>;
}

/** A job that counts to `to`, with the manifest changed as wanted. */
export async function countingJob(
  to: number,
  changes: Readonly<Record<string, unknown>> = {},
  more: readonly string[] = [],
): Promise<TestJob> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-job-'));
  await mkdir(join(folder, 'input'));
  await writeFile(join(folder, 'input/step'), '1');
  await writeFile(join(folder, 'input/counter.cjs'), COUNTER);
  const manifest = {
    ...{
      id: `count-${process.pid}-${Math.floor(performance.now() * 1000)}`,
      inputs: ['input'],
      outputs: ['output/count'],
    },
    command: [process.execPath, 'input/counter.cjs', String(to), ...more],
    ...{ resources: { gpu: null }, expectedSeconds: 5, timeoutSeconds: 60, priceCeiling: null },
    ...changes,
  };
  await writeFile(join(folder, 'job.json'), JSON.stringify(jobSchema.parse(manifest)));
  return { job: await loadJob(folder), remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface WatchedRun extends RunOptions {
  /** All of the job's log so far. */
  log(): string;
  /** What the runner itself said. */
  readonly told: string[];
}

/** Options of a run that remembers what it was told. */
export function watchedRun(changes: Partial<RunOptions> = {}): WatchedRun {
  const told: string[] = [];
  const chunks: Uint8Array[] = [];
  return {
    prices: DEFAULT_PRICES,
    onLog: (bytes) => chunks.push(bytes),
    tell: (line) => told.push(line),
    signal: new AbortController().signal,
    pauseMs: 50,
    patienceMs: 20_000,
    log: () => Buffer.concat(chunks).toString(),
    told,
    ...changes,
  };
}
