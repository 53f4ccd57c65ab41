import { resolve } from 'node:path';
import { parseOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { backendSchema, chooseBackend } from '@d-persona/trainer/backend/choose-backend.ts';
import { reportError } from '@d-persona/trainer/cli/exit-codes.ts';
import { abortOnStop, untilStopped } from '@d-persona/trainer/cli/until-stopped.ts';
import { buildConfig, parseSetting } from '@d-persona/trainer/run/build-config.ts';
import { terminalProgress } from '@d-persona/trainer/run/progress.ts';
import { Command } from 'commander';
import { z } from 'zod';
import { curlLine } from './main-job/curl-line.ts';
import { runMainJob } from './main-job/run-main-job.ts';
import { SAMPLE_STUDIES } from './main-job/sample-studies.ts';

const optionsSchema = z.strictObject({
  out: z.string().min(1),
  port: z.coerce.number().int().min(0).max(65535),
  backend: backendSchema.optional(),
  threads: z.coerce.number().int().min(1).max(256).optional(),
  set: z.array(z.string()),
  keep: z.boolean().optional(),
});

const program = new Command('npm start --')
  .description(
    'The main job: train on the sample that ships with the project, evaluate, publish, serve, segment, draw',
  )
  .option('--keep', 'leave the server running, and print a curl line for it')
  .option('--out <folder>', 'where everything is written', 'artifacts')
  .option('--port <number>', 'port of the server on the loopback address; 0 takes a free one', '8787')
  .option(
    '--backend <name>',
    `one of ${backendSchema.options.join(', ')}; by default the fastest that is there`,
  )
  .option('--threads <number>', 'threads of the WASM backend')
  .option(
    '--set <name=value>',
    'a setting for all trainings, such as stage1.steps=600',
    (v, all: string[]) => [...all, v],
    [],
  )
  .addHelpText('after', '\nExample:\n  npm start -- --keep')
  .action(async (raw: unknown) => {
    const options = parseOrThrow(optionsSchema, raw, 'options', 'See npm start -- --help');
    const changes = options.set.map(parseSetting);
    const backend = await chooseBackend(options.backend, options.threads);
    console.log(`Backend ${backend.name}: ${backend.description}`);
    const out = resolve(options.out);
    const { summary, worker, studies } = await runMainJob({
      studies: SAMPLE_STUDIES.map(({ name, settings }) => ({
        name,
        config: buildConfig('recipe', [settings, ...changes]),
      })),
      out,
      port: options.port,
      backend,
      progress: terminalProgress(process.stderr),
      signal: abortOnStop(),
    });
    console.log(`\n${summary.minutes.toFixed(1)} minutes, ${Math.round(summary.peak_mb)} MiB.`);
    console.log(`Look at ${out}/index.html; the figures are in ${out}/summary.json.`);
    if (options.keep) {
      console.log(`The API listens on ${worker.url} (description: ${worker.url}/docs). Try:\n`);
      console.log(await curlLine(worker.url, studies, out));
      console.log('\nCtrl-C stops it.');
      await untilStopped();
    } else {
      console.log(`The API listened on ${worker.url}; npm start -- --keep leaves it running.`);
    }
    await worker.stop();
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
