import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InputError } from '@d-persona/shared/errors.ts';
import { backendSchema, chooseBackend } from '@d-persona/trainer/backend/choose-backend.ts';
import { hospitalApi } from '@d-persona/trainer/nightly/hospital-api.ts';
import { readHospitalLedger } from '@d-persona/trainer/nightly/hospital-ledger.ts';
import { notify, postJson, summarise } from '@d-persona/trainer/nightly/notify.ts';
import { findSettings, readSettings } from '@d-persona/trainer/nightly/read-settings.ts';
import { chosenHospitals, exitOf, NIGHT_EXIT, runNightly } from '@d-persona/trainer/nightly/run-nightly.ts';
import type { NightlySettings } from '@d-persona/trainer/nightly/settings.ts';
import { runWeekly } from '@d-persona/trainer/weekly/run-weekly.ts';

const HELP = `Usage: scripts/nightly-retrain [--settings <file>] [--hospital <id>] [--night <name>] [--dry-run] [--json]

Learns from the outlines that readers handed in since the last night: checks them, trains the heads that are due,
and publishes what is better. A second run of the same night does nothing; a run that was killed goes on.

  --settings <file>  JSON, by default nightly.json; docs/nightly.md tells what is in it
  --hospital <id>    only this hospital
  --night <name>     by default today, such as 2026-11-25
  --backend <name>   ${backendSchema.options.join(', ')}; by default the fastest that is there
  --weekly           train the core anew, on the cases of all hospitals that consented
  --dry-run          say what would be done, and change nothing
  --json             print the report as JSON

Exit codes: 0 fine, 2 wrong input, 4 something was refused or set aside: look at the report, 5 a hospital's night
failed: the same command goes on, 1 a bug.

crontab:  15 2 * * *  cd /srv/d-persona && scripts/nightly-retrain --settings /etc/d-persona/nightly.json`;

const { values: options } = parseArgs({
  options: {
    settings: { type: 'string', default: 'nightly.json' },
    hospital: { type: 'string' },
    night: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    backend: { type: 'string' },
    weekly: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** What would be done for a hospital, as far as can be told without doing it. */
async function foresee(
  settings: NightlySettings,
  { id, url, keyVariable }: NightlySettings['hospitals'][number],
) {
  const ledger = await readHospitalLedger(join(settings.folder, 'hospitals', id));
  if (ledger.nights.includes(options.night)) return `${id}: night ${options.night} is done: nothing`;
  const key = process.env[keyVariable];
  if (key === undefined) return `${id}: ${keyVariable} is not set: it would fail`;
  try {
    const records = await hospitalApi({ url, key, retry: { attempts: 1 } }, id).annotationsAfter(
      ledger.cursor,
    );
    const readers = new Set(records.map(({ persona }) => persona));
    return `${id}: would take ${records.length} annotations and withdrawals of ${readers.size} readers (${[...readers].join(', ') || 'none'}), check them, and train heads with at least ${settings.minimumNewCases} new cases`;
  } catch (error) {
    return `${id}: its server cannot be asked: ${(error as Error).message}`;
  }
}

async function main(): Promise<number> {
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const settings = options['dry-run']
    ? await findSettings(options.settings)
    : await readSettings(options.settings);
  if (settings === undefined) {
    console.log(
      `${options.settings} is not there: no hospital would be retrained. docs/nightly.md tells what is in it.`,
    );
    return 0;
  }
  const { hospital, night } = options;
  if (!/^[\w-]{1,64}$/.test(night)) {
    throw new InputError({
      code: 'bad-night',
      input: '--night',
      problem: 'is not a name of letters, digits, _ and -',
      remedy: 'Leave it out: it is the date then',
    });
  }
  const chosen = chosenHospitals({ settings, ...(hospital !== undefined && { hospital }) });
  if (options['dry-run']) {
    for (const one of chosen) console.log(await foresee(settings, one));
    return 0;
  }
  const backend = await chooseBackend(backendSchema.optional().parse(options.backend));
  console.error(`backend ${backend.name}: ${backend.description}`);
  if (options.weekly) {
    const week = await runWeekly({
      ...{ settings, night, env: process.env, now: () => new Date() },
      tell: (line) => console.error(line),
    });
    if (settings.webhook !== null) {
      for (const failure of await postJson(week, settings.webhook)) console.error(failure);
    }
    console.log(options.json ? JSON.stringify(week) : `Week ${week.week}: ${week.decision}: ${week.reason}`);
    return week.decision === 'refused' ? NIGHT_EXIT.look : NIGHT_EXIT.fine;
  }
  const report = await runNightly({
    ...{ settings, night, env: process.env, now: () => new Date() },
    ...(hospital !== undefined && { hospital }),
    tell: (line) => console.error(line),
  });
  for (const failure of await notify(report, settings)) console.error(failure);
  console.log(options.json ? JSON.stringify(report) : summarise(report));
  return exitOf(report);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const known = error instanceof InputError;
    console.error(known ? `error: ${error.message}` : error);
    process.exit(known ? 2 : 1);
  },
);
