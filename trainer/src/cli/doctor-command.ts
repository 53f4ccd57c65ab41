import { Command } from 'commander';
import { z } from 'zod';
import { type Examination, examine } from '../doctor/examine.ts';
import { parseOptions } from './options.ts';

const optionsSchema = z.strictObject({
  json: z.boolean().optional(),
  limit: z.coerce.number().min(1).max(3600),
});

const ms = (value: number | null) => (value === null ? 'not timed' : `${value.toFixed(0)} ms`);

function describe({
  node,
  platform,
  processor,
  memoryMiB,
  gpus,
  backends,
  recommended,
}: Examination): string {
  return [
    `Node ${node} on ${platform}, ${processor.cores} × ${processor.model}, ${(memoryMiB / 1024).toFixed(1)} GiB`,
    gpus.length === 0
      ? 'no NVIDIA GPU'
      : gpus.map((gpu) => `${gpu.name}, driver ${gpu.driver}, ${gpu.memoryMiB} MiB`).join('\n'),
    ...backends.map(({ name, works, description, stepMs }) =>
      works
        ? `✓ ${name}: ${description}; a step of the small model ${ms(stepMs.small)}, of the full one ${ms(stepMs.full)}`
        : `✗ ${name}: ${description}`,
    ),
    recommended === null
      ? 'Nothing can train here: run npm ci again'
      : `Recommended: --backend ${recommended}`,
  ].join('\n');
}

/** `d-persona doctor`: what can train on this machine, and how fast. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Tell which backends work on this machine, on which device, and how long a training step takes',
    )
    .option('--json', 'print JSON')
    .option('--limit <seconds>', 'for each backend', '60')
    .addHelpText('after', '\nExample:\n  d-persona doctor')
    .action(async (raw: unknown) => {
      const { json, limit } = parseOptions(optionsSchema, raw);
      const examination = await examine(1000 * limit);
      console.log(json ? JSON.stringify(examination) : describe(examination));
    });
}
