import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '@d-persona/shared/random.ts';
import { chooseBackend } from '@d-persona/trainer/backend/choose-backend.ts';
import { abortOnStop } from '@d-persona/trainer/cli/until-stopped.ts';
import { readHospitalLedger } from '@d-persona/trainer/nightly/hospital-ledger.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { terminalProgress } from '@d-persona/trainer/run/progress.ts';
import { trainCore } from './nights/core.ts';
import { runCourse } from './nights/course.ts';
import { Curve } from './nights/curve.ts';
import { HOSPITAL, openHospital } from './nights/hospital.ts';
import { measureReader, readUnseen } from './nights/measure.ts';
import { careless } from './nights/readers.ts';
import { SCENARIOS } from './nights/scenario.ts';
import { shareOut } from './nights/share-out.ts';

const HELP = `Usage: npm run nights -- [--json] [--data lidc|bu-bil] [--nights <n>] [--cases <n>] [--core-steps 500] [--head-steps 100] [--minimum-patients 8] [--out build/nights]

Simulates a hospital on real images that its release has not seen: two new readers hand in outlines through the API,
night after night, and the nightly retraining learns from them. Then comes a night of bad outlines.

  --data lidc    nodules; one reader draws as the smallest rank does, one wider than any rank (4 nights of 24 cases)
  --data bu-bil  cells; two named readers of a set that the core has not seen, on few images (3 nights of 9 cases)`;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    data: { type: 'string', default: 'lidc' },
    nights: { type: 'string' },
    cases: { type: 'string' },
    'core-steps': { type: 'string', default: '500' },
    'head-steps': { type: 'string', default: '100' },
    'minimum-patients': { type: 'string', default: '8' },
    out: { type: 'string', default: 'build/nights' },
    help: { type: 'boolean', default: false },
  },
});
const scenario = SCENARIOS[options.data];
if (options.help || scenario === undefined) {
  console.log(HELP);
  process.exit(options.help ? 0 : 2);
}

const began = performance.now();
const { readers } = scenario;
const [nights, cases] = [Number(options.nights ?? scenario.nights), Number(options.cases ?? scenario.cases)];
const tell = (line: string) => process.stderr.write(`${line}\n`);
const out = resolve(options.out, options.data);
const [storeFolder, folder] = [join(out, 'store'), join(out, 'nightly')];
// A new hospital each time; the core is trained once.
await rm(storeFolder, { recursive: true, force: true });
await rm(folder, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const backend = await chooseBackend('wasm');
tell(`backend ${backend.name}: ${backend.description}`);
const store = new FolderStore(storeFolder);
const progress = terminalProgress(process.stderr);
const core = await trainCore(out, store, scenario, Number(options['core-steps']), progress, abortOnStop());
const coreSeconds = (performance.now() - began) / 1000;

const needed = (nights + 1) * cases;
const { forNights, toMeasure } = shareOut(core.samples, needed, scenario.mixed ? new Random(1) : undefined);
const unseen = await readUnseen(core, toMeasure);
if (forNights.length < needed || unseen.samples.length < scenario.leastMeasured) {
  tell(`${core.samples.length} unseen images are too few for ${nights + 1} nights of ${cases} cases`);
  process.exit(2);
}
const patients = new Set(unseen.samples.map(({ patient }) => patient)).size;
tell(`${unseen.samples.length} images of ${patients} patients to measure on`);

const hospital = await openHospital(core, store, storeFolder, folder, {
  headSteps: Number(options['head-steps']),
  minimumPatients: Number(options['minimum-patients']),
  tell,
});
const curve = new Curve();
const parts = Array.from({ length: nights }, (_, n) => forNights.slice(n * cases, (n + 1) * cases));
const course = {
  ...{ hospital, readers, parts, curve, tell },
  measure: async (release: string) =>
    new Map(
      await Promise.all(
        readers.map(
          async (reader) =>
            [reader.id, await measureReader(core, store, release, unseen, readers, reader)] as const,
        ),
      ),
    ),
};
const { rows, seconds, handedIn } = await runCourse(course, core.release.hash);

const ledgerFile = join(folder, 'hospitals', HOSPITAL, 'ledger.json');
const onceRun = await readFile(ledgerFile, 'utf8');
await hospital.night(`night-${nights}`);
const twiceRun = await readFile(ledgerFile, 'utf8');
const badPart = forNights.slice(nights * cases);
let badlyHandedIn = 0;
for (const reader of readers) badlyHandedIn += await hospital.handIn(careless(reader), badPart, 'bad-night');
const bad = await hospital.night('bad-night');
await hospital.stop();

const ledger = await readHospitalLedger(join(folder, 'hospitals', HOSPITAL));
await curve.write(join(out, 'nights.svg'));
const result = {
  data: options.data,
  nights: rows,
  bad_night: {
    cases: badPart.length * readers.length,
    decision: bad.decision,
    reason: bad.reason,
    set_aside: bad.setAside.length,
  },
  lost_annotations: handedIn + badlyHandedIn - ledger.entries.length,
  second_run_changed: onceRun !== twiceRun,
  drift_alerts: bad.drift?.alerts ?? [],
  onboarding_seconds: seconds[0] ?? null,
  unseen_images: unseen.samples.length,
  peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  core_seconds: Math.round(coreSeconds),
  minutes: (performance.now() - began) / 60_000,
  backend: backend.description,
};
await writeFile(join(out, 'nights.json'), `${JSON.stringify(result, null, 2)}\n`);
console.log(JSON.stringify(result, null, options.json ? 0 : 2));
process.exit(0);
