import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { backendSchema, chooseBackend } from '@d-persona/trainer/backend/choose-backend.ts';
import { compareMetrics, metricCasesSchema } from '../test/parity/compare-metrics.ts';
import { GoldenModel, type PartError } from '../test/parity/compare-model.ts';
import { type Golden, goldenSchema } from '../test/parity/golden.ts';

/*
 * Compares the product with an independent PyTorch implementation that runs now: other weights, images and noise than
 * the committed fixtures have, larger networks, both presets, and the metrics.
 */
const HELP = `Usage: npm run parity -- [--json] [--seed 1] [--backend wasm] [--python <program>] [--reference <file>]

  --backend    of ${backendSchema.options.join(', ')}
  --python     a Python with PyTorch, numpy and scipy; by default TORCH_PYTHON of the environment
  --reference  dpersona_reference.py; by default DPERSONA_REFERENCE, or ../shared/reference/ beside the repository

The exit code is 1 where a part is further away than it may be.`;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    backend: { type: 'string', default: 'wasm' },
    python: { type: 'string', default: process.env.TORCH_PYTHON ?? 'python3' },
    reference: {
      type: 'string',
      default: process.env.DPERSONA_REFERENCE ?? '../shared/reference/dpersona_reference.py',
    },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const MAKER = fileURLToPath(new URL('../test/parity/make_golden.py', import.meta.url));
const MOST_BYTES = 2 ** 30;

async function ask(...settings: string[]): Promise<unknown> {
  const command = [MAKER, options.reference, '--seed', options.seed, ...settings];
  try {
    const { stdout } = await promisify(execFile)(options.python, command, { maxBuffer: MOST_BYTES });
    return JSON.parse(stdout);
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    console.error(`PyTorch's side failed:\n${stderr ?? error}\n${HELP}`);
    process.exit(2);
  }
}

/** The largest error of each part over both presets. */
function compareModel(golden: Golden): PartError[] {
  const parts = new Map<string, PartError>();
  for (const preset of Object.keys(golden.cases) as (keyof Golden['cases'])[]) {
    const model = new GoldenModel(golden, preset);
    for (const found of [...model.forward(), ...model.stage1(), ...model.stage2()]) {
      const before = parts.get(found.part);
      if (before === undefined || !(found.error <= before.error)) parts.set(found.part, found);
    }
    model.dispose();
  }
  return [...parts.values()];
}

const backend = await chooseBackend(backendSchema.parse(options.backend));
const report: Record<string, PartError[]> = {};
let torch = '';
for (const name of ['unet', 'resnet34'] as const) {
  const golden = goldenSchema.parse(await ask('--backbone', name, '--large'));
  torch = golden.torch;
  report[name] = compareModel(golden);
}
report.metrics = compareMetrics(metricCasesSchema.parse(await ask('--metrics')));

const within = Object.values(report)
  .flat()
  .every(({ error, limit }) => error < limit);
if (options.json) {
  const byPart = (errors: readonly PartError[]) =>
    Object.fromEntries(errors.map(({ part, error, limit }) => [part, { error, limit }]));
  const groups = Object.fromEntries(Object.entries(report).map(([name, errors]) => [name, byPart(errors)]));
  console.log(
    JSON.stringify({ torch, backend: backend.name, seed: Number(options.seed), within, ...groups }),
  );
} else {
  for (const [name, errors] of Object.entries(report)) {
    console.log(name);
    for (const { part, error, limit } of errors)
      console.log(`  ${part.padEnd(24)} ${error.toExponential(1)}  (at most ${limit.toExponential(0)})`);
  }
}
if (!within) process.exitCode = 1;
