import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '@d-persona/shared/random.ts';
import { publishRelease } from '@d-persona/shared/release/store.ts';
import { chooseBackend } from '@d-persona/trainer/backend/choose-backend.ts';
import { serveHospitals } from '@d-persona/trainer/nightly/hospital-server.fixtures.ts';
import { drawnWith, MemoryHospital, randomRelease } from '@d-persona/trainer/nightly/night.fixtures.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { runNight } from './faults/night-process.ts';
import { outcomeOf } from './faults/outcome.ts';

const STEPS = [
  'start',
  'pulled',
  'checked',
  'planned',
  'head-dr-new',
  'published',
  'promoted',
  'drift',
  'report',
];

const HELP = `Usage: npm run check:faults -- [--json] [--kills 2] [--seed 1] [--after start,promoted]

Runs the nightly program on a small hospital, and again on others like it, each time killed (SIGKILL) at a random moment
within a step, then run anew. Whatever the step, the outcome must be that of the night that was not disturbed: the same
heads to the byte, the same ledger, one promotion. Ends with 1 where one differs.

  --kills <n>  for each step
  --seed <n>   of the moments
  --after <steps>  only within what follows these: ${STEPS.join(', ')}`;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    kills: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    after: { type: 'string', default: STEPS.join(',') },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const began = performance.now();
await chooseBackend('wasm', 1);
const folder = await mkdtemp(join(tmpdir(), 'd-persona-faults-'));
const storeFolder = join(folder, 'store');
const store = new FolderStore(storeFolder);
const release = await randomRelease(9);
await publishRelease(store, release);
const numbers = Array.from({ length: 40 }, (_, i) => i);
const outlines = await drawnWith(release, numbers, [1, 1]);

/** A hospital with a new reader's 30 outlines, one withdrawn, and three empty ones of another. */
function hospital(): MemoryHospital {
  const made = new MemoryHospital(release.hash);
  const ids = numbers
    .slice(0, 30)
    .map((number) => made.annotate('dr-new', number, outlines[number] as Uint8Array));
  for (const number of numbers.slice(30, 33)) made.annotate('dr-other', number, new Uint8Array(256));
  made.withdraw(ids[3] as string);
  return made;
}

const count = Number(options.kills);
/** A step may end before its killer wakes: it is then tried on another hospital, earlier. */
const TRIES = 5;
const nameOf = (step: string, k: number, attempt: number) => `${step}-${k}-${attempt}`;
const asked = new Set(options.after.split(','));
const names = [
  'undisturbed',
  ...STEPS.flatMap((step) =>
    Array.from({ length: count * TRIES }, (_, i) => nameOf(step, Math.floor(i / TRIES), i % TRIES)),
  ),
];
const hospitals = new Map(names.map((name) => [name, hospital()]));
const server = await serveHospitals(hospitals);
const settings = join(folder, 'nightly.json');
await mkdir(folder, { recursive: true });
await writeFile(
  settings,
  JSON.stringify({
    ...{ folder: join(folder, 'nightly'), store: storeFolder },
    hospitals: names.map((id) => ({ id, url: server.url, keyVariable: 'FAULTS_KEY' })),
    check: { minimumDice: 0, deviations: 1000, minimumPixels: 1, mostSuspicious: 1 },
    training: { steps: 100, batch: 8, bank: 50, learningRate: 3e-3 },
    ...{ minimumNewCases: 4, minimumPatients: 4, resamples: 200 },
  }),
);
const outcome = (name: string) =>
  outcomeOf(join(folder, 'nightly'), store, name, hospitals.get(name) as MemoryHospital);
const onStart = (name: string) => (told: () => void) => {
  server.onRequest = (id) => {
    if (id === name) told();
  };
};

const whole = await runNight(settings, 'undisturbed', onStart('undisturbed'));
const expected = await outcome('undisturbed');
const moment = (step: string) => whole.moments.find((known) => known.step === step)?.ms ?? 0;
const random = new Random(Number(options.seed));
const kills = [];
for (const [s, step] of STEPS.entries()) {
  if (!asked.has(step)) continue;
  const lasts = moment(STEPS[s + 1] ?? 'end') - moment(step);
  for (let k = 0; k < count; k++) {
    let name = nameOf(step, k, 0);
    let ms = random.uniform() * lasts;
    let killed = await runNight(settings, name, onStart(name), { after: step, ms });
    for (let attempt = 1; killed.exitCode !== null && attempt < TRIES; attempt++) {
      name = nameOf(step, k, attempt);
      ms /= 4;
      killed = await runNight(settings, name, onStart(name), { after: step, ms });
    }
    // Again until it ends by itself, as a timer would, and once more, which must change nothing.
    const again = await runNight(settings, name, onStart(name));
    const found = await outcome(name);
    await runNight(settings, name, onStart(name));
    const twice = await outcome(name);
    const same = found.fingerprint === expected.fingerprint && twice.fingerprint === expected.fingerprint;
    kills.push({
      aimed_at: STEPS[s + 1] ?? 'ledger',
      ms: Math.round(ms),
      killed: killed.exitCode === null,
      steps_done_before: killed.moments.filter(({ step: done }) => done !== 'start' && done !== 'end').length,
      exit_code: again.exitCode,
      same,
      lost_annotations: expected.annotations - twice.annotations,
      promotions: twice.promotions,
    });
    process.stderr.write(`${JSON.stringify(kills.at(-1))}\n`);
  }
}
server.close();
await rm(folder, { recursive: true, force: true });
const result = {
  undisturbed: { ...expected, exit_code: whole.exitCode },
  kills,
  killed: kills.filter(({ killed }) => killed).length,
  different: kills.filter(({ same }) => !same).length,
  lost_annotations: kills.reduce((sum, { lost_annotations: lost }) => sum + lost, 0),
  doubled_promotions: kills.filter(({ promotions }) => promotions !== expected.promotions).length,
  seconds: Math.round((performance.now() - began) / 1000),
};
console.log(JSON.stringify(result, null, options.json ? 0 : 2));
process.exit(result.different > 0 ? 1 : 0);
