import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nightlySettingsSchema } from '@d-persona/trainer/nightly/settings.ts';
import { startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { draw, handIn, makeHospital, writeData } from './bench-onboarding/hospital.ts';
import { type CommandRun, runCommand } from './bench-onboarding/run-command.ts';

const HELP = `Usage: npm run bench:onboarding -- [--json] [--cases 20] [--held-out 10] [--side 128] [--backend <name>]

Times how a new reader is taken in, from the start of each command to its end: \`d-persona persona add\` on a folder,
and the nightly job on annotations that came through the API. The model has the paper's size and random weights.

  --cases     to learn from
  --held-out  cases of other patients to measure on`;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    cases: { type: 'string', default: '20' },
    'held-out': { type: 'string', default: '10' },
    side: { type: 'string', default: '128' },
    backend: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const [cases, heldOut, side] = [options.cases, options['held-out'], options.side].map(Number) as [
  number,
  number,
  number,
];
const backend = options.backend === undefined ? [] : ['--backend', options.backend];
const program = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const [HOSPITAL, READER] = ['clinic', 'dr-lee'];
const share = heldOut / (cases + heldOut);
const names = Array.from({ length: cases + heldOut }, (_, i) => `case-${i}`);
const drawings = draw(names, side);

interface Onboarding extends CommandRun {
  /** Cases: a night divides patients by their hash, so that it is not told how many. */
  readonly trainedOn: number;
}

const out = await mkdtemp(join(tmpdir(), 'd-persona-onboarding-'));
const store = join(out, 'store');

/** `d-persona persona add`, which publishes and promotes. */
async function addPersona(): Promise<Onboarding> {
  const data = join(out, 'data');
  await writeData(data, READER, drawings);
  const where = ['--id', READER, '--data', data, '--store', store, '--hospital', HOSPITAL];
  const args = ['persona', 'add', ...where, '--held-out', String(share), '--json', ...backend];
  const run = await runCommand(program('../trainer/bin/d-persona.ts'), args);
  const { trainedOn } = JSON.parse(run.stdout) as { trainedOn: number };
  return { ...run, trainedOn };
}

/** `scripts/nightly-retrain` after a day on which the reader handed all cases in. */
async function night(key: string): Promise<Onboarding> {
  const worker = await startWorker({ store, log: () => {} });
  try {
    const settings = nightlySettingsSchema.parse({
      ...{ folder: join(out, 'nightly'), store },
      hospitals: [{ id: HOSPITAL, url: worker.url, keyVariable: 'ONBOARDING_KEY' }],
      heldOutShare: share,
      minimumPatients: 2,
      // Random weights draw nonsense, which no outline is like.
      check: { minimumDice: 0, mostSuspicious: 1 },
    });
    for (const drawing of drawings) {
      await handIn({ url: worker.url, hospital: HOSPITAL, key }, READER, drawing);
    }
    const path = join(out, 'nightly.json');
    await writeFile(path, JSON.stringify(settings));
    const args = ['--settings', path, '--json', ...backend];
    const run = await runCommand(program('nightly-retrain.ts'), args, { ONBOARDING_KEY: key });
    const report = JSON.parse(run.stdout) as { hospitals: { heads: { trainedOn: string[] }[] }[] };
    return { ...run, trainedOn: report.hospitals[0]?.heads[0]?.trainedOn.length ?? 0 };
  } finally {
    await worker.stop();
  }
}

try {
  const key = await makeHospital(store, HOSPITAL, side);
  const nightly = await night(key);
  const added = await addPersona();
  const figures = ({ seconds, cpuSeconds, trainedOn }: Onboarding) => ({
    ...{ seconds, cpu_seconds: cpuSeconds, trained_on: trainedOn },
  });
  const report = { side, cases: cases + heldOut, nightly: figures(nightly), persona_add: figures(added) };
  console.log(options.json ? JSON.stringify(report) : report);
} finally {
  await rm(out, { recursive: true, force: true });
}
