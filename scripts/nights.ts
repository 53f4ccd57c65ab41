import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createKey } from '@d-persona/shared/release/api-key.ts';
import { saveHospital } from '@d-persona/shared/release/hospital.ts';
import { promoteRelease } from '@d-persona/shared/release/store.ts';
import { chooseBackend } from '@d-persona/trainer/backend/choose-backend.ts';
import { abortOnStop } from '@d-persona/trainer/cli/until-stopped.ts';
import { readHospitalLedger } from '@d-persona/trainer/nightly/hospital-ledger.ts';
import type { HospitalReport } from '@d-persona/trainer/nightly/night-results.ts';
import { runNightly } from '@d-persona/trainer/nightly/run-nightly.ts';
import { nightlySettingsSchema } from '@d-persona/trainer/nightly/settings.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { renderChart } from '@d-persona/trainer/report/charts/render-chart.ts';
import { terminalProgress } from '@d-persona/trainer/run/progress.ts';
import { startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { trainCore } from './nights/core.ts';
import { measureReader, type ReaderDice, readUnseen } from './nights/measure.ts';
import { careless, type Reader, SMALL, WIDE } from './nights/readers.ts';
import { shareOut } from './nights/share-out.ts';
import { handIn } from './nights/simulated-hospital.ts';

const HELP = `Usage: npm run nights -- [--json] [--nights 4] [--cases 24] [--core-steps 500] [--out build/nights]

Simulates a hospital on real LIDC-IDRI images that its release has not seen: two new readers hand in outlines through
the API, night after night, and the nightly retraining learns from them. One draws as the smallest rank does, one
wider than any rank. Then comes a night of bad outlines.`;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    nights: { type: 'string', default: '4' },
    cases: { type: 'string', default: '24' },
    'core-steps': { type: 'string', default: '500' },
    out: { type: 'string', default: 'build/nights' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const HOSPITAL = 'simulated';
const READERS = [WIDE, SMALL];
const began = performance.now();
const tell = (line: string) => process.stderr.write(`${line}\n`);
const out = resolve(options.out);
const storeFolder = join(out, 'store');
const folder = join(out, 'nightly');
// A new hospital each time; the core is trained once.
await rm(storeFolder, { recursive: true, force: true });
await rm(folder, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const backend = await chooseBackend('wasm');
tell(`backend ${backend.name}: ${backend.description}`);
const store = new FolderStore(storeFolder);
const core = await trainCore(
  out,
  store,
  Number(options['core-steps']),
  terminalProgress(process.stderr),
  abortOnStop(),
);
const { key, record } = await createKey(
  HOSPITAL,
  ['segment', 'annotate', 'release'],
  new Date().toISOString(),
);
await saveHospital(store, { id: HOSPITAL, title: 'Simulated hospital', keys: [record] });
await promoteRelease(store, HOSPITAL, core.release.hash);

const [nights, cases] = [Number(options.nights), Number(options.cases)];
const { forNights, toMeasure } = shareOut(core.samples, (nights + 1) * cases);
const unseen = await readUnseen(core, toMeasure);
if (forNights.length < (nights + 1) * cases || unseen.samples.length < 20) {
  tell(`${core.samples.length} unseen images are too few for ${nights + 1} nights of ${cases} cases`);
  process.exit(2);
}
tell(
  `${unseen.samples.length} images of ${new Set(unseen.samples.map(({ patient }) => patient)).size} patients to measure on`,
);

const worker = await startWorker({ store: storeFolder, log: () => {} });
const settings = nightlySettingsSchema.parse({
  ...{ folder, store: storeFolder },
  hospitals: [{ id: HOSPITAL, url: worker.url, keyVariable: 'NIGHTS_KEY' }],
});
const run = async (night: string): Promise<HospitalReport> => {
  const now = () => new Date();
  const { hospitals, failures } = await runNightly({ settings, night, env: { NIGHTS_KEY: key }, now, tell });
  const report = hospitals[0];
  if (report === undefined) throw new Error(failures[0]?.problem);
  return report;
};

const measure = (release: string, reader: Reader) =>
  measureReader(core, store, release, unseen, READERS, reader);
const points: { night: number; reader: string; who: string; dice: number }[] = [];
const note = (night: number, { id }: Reader, dice: ReaderDice) => {
  const persona = dice.persona ?? dice.consensus;
  for (const [who, value] of Object.entries({ ...dice, persona }))
    points.push({ night, reader: id, who, dice: value });
};

let handedIn = 0;
const rows = [];
const seconds: number[] = [];
const readerDice = async (release: string) =>
  new Map(
    await Promise.all(READERS.map(async (reader) => [reader.id, await measure(release, reader)] as const)),
  );
let served = core.release.hash;
let before = await readerDice(served);
for (const reader of READERS) note(0, reader, before.get(reader.id) as ReaderDice);
for (let n = 1; n <= nights; n++) {
  const night = `night-${n}`;
  const part = forNights.slice((n - 1) * cases, n * cases);
  for (const reader of READERS)
    handedIn += await handIn(core, { url: worker.url, hospital: HOSPITAL, key }, reader, part, night);
  const report = await run(night);
  served = report.decision === 'promoted' ? (report.release as string) : served;
  const after = await readerDice(served);
  seconds.push(...report.heads.map((head) => head.seconds));
  const readers = READERS.map((reader) => {
    const [was, is] = [before.get(reader.id) as ReaderDice, after.get(reader.id) as ReaderDice];
    note(n, reader, is);
    const head = report.heads.find(({ persona }) => persona === reader.id);
    return {
      reader: reader.id,
      dice_before: was.persona ?? was.consensus,
      dice_after: is.persona ?? is.consensus,
      nearest_persona: is.nearest,
      consensus: is.consensus,
      decision:
        head === undefined
          ? 'nothing'
          : head.judgement.decision === 'publish'
            ? 'promoted'
            : head.judgement.decision,
      reason: head?.judgement.reason ?? 'no head was due',
    };
  });
  const { reader: _, ...first } = readers[0] as (typeof readers)[number];
  rows.push({ cases: part.length, ...first, readers });
  tell(JSON.stringify(rows.at(-1)));
  before = after;
}

const ledgerFile = join(folder, 'hospitals', HOSPITAL, 'ledger.json');
const onceRun = await readFile(ledgerFile, 'utf8');
await run(`night-${nights}`);
const twiceRun = await readFile(ledgerFile, 'utf8');
const badPart = forNights.slice(nights * cases);
for (const reader of READERS) {
  const endpoint = { url: worker.url, hospital: HOSPITAL, key };
  handedIn += await handIn(core, endpoint, careless(reader), badPart, 'bad-night');
}
const bad = await run('bad-night');
await worker.stop();

const ledger = await readHospitalLedger(join(folder, 'hospitals', HOSPITAL));
const chart = await renderChart({
  data: { values: points.map((point) => ({ ...point })) },
  facet: { column: { field: 'reader', title: null } },
  spec: {
    width: 280,
    height: 220,
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'night', type: 'ordinal', title: 'night', axis: { labelAngle: 0 } },
      y: { field: 'dice', type: 'quantitative', title: 'Dice on unseen images', scale: { zero: false } },
      color: { field: 'who', type: 'nominal', title: null },
    },
  },
});
await writeFile(join(out, 'nights.svg'), chart.markup);
const result = {
  nights: rows,
  bad_night: {
    cases: badPart.length * READERS.length,
    decision: bad.decision,
    reason: bad.reason,
    set_aside: bad.setAside.length,
  },
  lost_annotations: handedIn - ledger.entries.length,
  second_run_changed: onceRun !== twiceRun,
  onboarding_seconds: seconds[0] ?? null,
  unseen_images: unseen.samples.length,
  peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  minutes: (performance.now() - began) / 60_000,
  backend: backend.description,
};
await writeFile(join(out, 'nights.json'), `${JSON.stringify(result, null, 2)}\n`);
console.log(JSON.stringify(result, null, options.json ? 0 : 2));
process.exit(0);
