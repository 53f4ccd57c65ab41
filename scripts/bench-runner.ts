import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadJob } from '@d-persona/trainer/runner/job.ts';
import { localMachine } from '@d-persona/trainer/runner/local-machine.ts';
import { runJob } from '@d-persona/trainer/runner/run-job.ts';
import { execa } from 'execa';

const HELP = `Usage: npm run bench:runner -- [--json] [--runs 7]

What the runner costs over the bare command: the same command by itself and as a job on this machine, in turns.`;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '7' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

/** Works for a second, speaks all the while, and leaves an output. */
const COMMAND = [
  'sh',
  '-c',
  'mkdir -p output; for i in 1 2 3 4 5 6 7 8 9 10; do echo step $i; sleep 0.1; done; cat input >output/result',
];
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;

const folder = await mkdtemp(join(tmpdir(), 'd-persona-runner-'));
const bare: number[] = [];
const asJob: number[] = [];
for (let run = 0; run < Number(options.runs); run++) {
  const place = join(folder, `run-${run}`);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'input'), 'x');
  let start = performance.now();
  await execa(COMMAND[0] as string, COMMAND.slice(1), { cwd: place });
  bare.push(performance.now() - start);
  await rm(join(place, 'output'), { recursive: true });
  const manifest = {
    ...{ id: `bench-${run}`, command: COMMAND, inputs: ['input'], outputs: ['output/result'] },
    ...{ resources: { gpu: null }, expectedSeconds: 1, timeoutSeconds: 60, priceCeiling: null },
  };
  await writeFile(join(place, 'job.json'), JSON.stringify(manifest));
  start = performance.now();
  const { signal } = new AbortController();
  await runJob(await loadJob(place), localMachine, { prices: {}, onLog() {}, tell() {}, signal });
  asJob.push(performance.now() - start);
}
await rm(folder, { recursive: true });
const result = {
  runs: bare.length,
  bare_ms: Math.round(median(bare)),
  job_ms: Math.round(median(asJob)),
  overhead_ms: Math.round(median(asJob.map((ms, i) => ms - (bare[i] as number)))),
};
console.log(JSON.stringify(result, null, options.json ? 0 : 2));
