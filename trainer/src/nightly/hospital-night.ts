import { join } from 'node:path';
import { driftReportSchema } from '../drift/drift-report.ts';
import { watchDrift } from '../drift/watch-drift.ts';
import { writeFileAtomically } from '../run/atomic-file.ts';
import { checkNight } from './check-night.ts';
import { makeVersion } from './dataset-version.ts';
import { readHospitalLedger, writeHospitalLedger } from './hospital-ledger.ts';
import { nextLedger, nightEntries, settledLedger } from './next-ledger.ts';
import type { NightContext } from './night-context.ts';
import { NightFolder } from './night-folder.ts';
import {
  checkedSchema,
  type HospitalReport,
  headSchema,
  hospitalReportSchema,
  type NightHead,
  plannedSchema,
  promotedSchema,
  publishedSchema,
  pulledSchema,
} from './night-results.ts';
import { planReaders } from './plan-night.ts';
import { promoteNight, publishNight } from './publish-night.ts';
import { loadParent, type Pulled, pullNight } from './pull-night.ts';
import { trainNight } from './train-night.ts';

/**
 * One hospital's night: pull, check, make a data version, train the heads that are due, judge them, publish, promote.
 * Each step leaves a file, so that a night that was killed goes on after the last one; the ledger is written once, at
 * the end. A night that is done is only told of again.
 */
export async function hospitalNight(context: NightContext): Promise<HospitalReport> {
  const { hospital, night, folder, settings, now } = context;
  const steps = new NightFolder(join(folder, 'nights', night), (step) => {
    context.tell(`${hospital}: ${step}`);
    context.afterStep(step);
  });
  const before = await readHospitalLedger(folder);
  if (before.nights.includes(night)) {
    const done = await steps.result('report', hospitalReportSchema);
    if (done !== undefined) return done;
  }
  const pulled = await steps.step('pulled', pulledSchema, () => pullNight(context, before));
  const ledger = settledLedger(before, pulled);
  const parent = await loadParent(context, pulled.parent);
  const checked = await steps.step('checked', checkedSchema, () =>
    checkNight(context, ledger.entries, pulled.records, parent),
  );
  const { setAside } = checked;
  const entries = nightEntries(ledger, pulled, checked, night);
  const version = makeVersion(entries, settings.heldOutShare);
  const { readers } = await steps.step('planned', plannedSchema, async () => {
    const path = join(folder, 'versions', `${version.hash}.json`);
    await writeFileAtomically(path, Buffer.from(JSON.stringify(version)));
    return {
      version: version.hash,
      readers: planReaders(version, entries, ledger.trainedOn, settings.minimumNewCases),
    };
  });
  const heads: NightHead[] = [];
  for (const reader of readers.filter(({ due }) => due)) {
    const head = await steps.step(`head-${reader.persona}`, headSchema, () =>
      trainNight(context, steps.path, parent, version, entries, reader),
    );
    heads.push(head);
  }
  const { release } = await steps.step('published', publishedSchema, async () => ({
    release: await publishNight(context, steps.path, parent, pulled, heads),
  }));
  const promoted = await steps.step('promoted', promotedSchema, () => promoteNight(context, pulled, release));
  const drift = await steps.step('drift', driftReportSchema, () => {
    const nights = [...ledger.nights, night];
    const watched = { api: context.api, release: pulled.parent, manifest: parent.manifest, entries, nights };
    return watchDrift(watched, settings.drift, now());
  });
  const report = await steps.step('report', hospitalReportSchema, async () => {
    const minutes = (now().getTime() - Date.parse(pulled.began)) / 60_000;
    const withdrawn = pulled.records.filter((record) => record.withdrawn).length;
    const personaOf = new Map(pulled.records.map(({ id, persona }) => [id, persona]));
    return {
      ...{ hospital, night, ...decide(pulled, setAside, heads, promoted) },
      ...{ taken: pulled.records.length - withdrawn, withdrawn, readers, heads },
      setAside: Object.entries(setAside).map(([annotation, reason]) => {
        return { annotation, persona: personaOf.get(annotation) ?? '', reason };
      }),
      ...{ dataVersion: version.hash, parent: pulled.parent, release, trial: pulled.trial, drift },
      ...{ minutes, dollars: (settings.dollarsPerHour * minutes) / 60 },
    };
  });
  await writeHospitalLedger(folder, nextLedger(ledger, entries, pulled, report));
  return report;
}

/** The night in one word and one sentence: what a monitor looks at. */
function decide(
  { records }: Pulled,
  setAside: Readonly<Record<string, string>>,
  heads: readonly NightHead[],
  { outcome, reason }: { outcome: HospitalReport['decision']; reason: string },
): Pick<HospitalReport, 'decision' | 'reason'> {
  const told = (decision: NightHead['judgement']['decision']) =>
    heads
      .filter(({ judgement }) => judgement.decision === decision)
      .map(({ persona, judgement }) => `${persona}: ${judgement.reason}`)
      .join('; ');
  const refused = told('refused');
  if (outcome !== 'nothing') {
    const sentences = [told('publish'), reason, ...(refused === '' ? [] : [`refused ${refused}`])];
    return { decision: outcome, reason: sentences.join('; ') };
  }
  if (refused !== '') return { decision: 'refused', reason: refused };
  const fresh = records.filter(({ withdrawn }) => !withdrawn).length;
  const suspicious = Object.keys(setAside).length;
  if (fresh > 0 && suspicious === fresh) {
    return { decision: 'refused', reason: `all ${fresh} new annotations are suspicious and set aside` };
  }
  const kept = told('kept');
  if (kept !== '') return { decision: 'kept', reason: kept };
  return { decision: 'nothing', reason: `${fresh} new annotations, no head is due` };
}
