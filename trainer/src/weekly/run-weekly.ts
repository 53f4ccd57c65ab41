import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { hashSchema } from '@d-persona/shared/release/manifest.ts';
import { loadRelease } from '@d-persona/shared/release/store.ts';
import { z } from 'zod';
import { loadDataset } from '../data/load-dataset.ts';
import { contextOf } from '../nightly/context-of.ts';
import { NightFolder } from '../nightly/night-folder.ts';
import { promotedSchema } from '../nightly/night-results.ts';
import type { NightlyRun } from '../nightly/run-nightly.ts';
import { FolderStore } from '../publish/folder-store.ts';
import { withLock } from '../runner/exclusive-lock.ts';
import { gather } from './gather.ts';
import { type HospitalCases, openHospital } from './hospital-cases.ts';
import { judgeMove } from './judge-move.ts';
import { moveHospital } from './move-hospital.ts';
import { promoteMove } from './promote-move.ts';
import { baseConfig, trainBase } from './train-base.ts';
import { type Verdict, verdictSchema, type WeekReport, weekReportSchema } from './week-report.ts';

/**
 * The week's full training: Stage I and II on the core's own data and the cases of all hospitals that consented, heads
 * of all readers on the new core, and each hospital's held-out cases beside what serves it. Only if none is worse
 * beyond noise do those that can be judged move. Each step leaves a file; a week that is done is only told of again.
 *
 * @param run `night` names the week
 * @throws InputError without `weekly` in the settings, or while another run goes on
 */
export async function runWeekly(run: NightlyRun): Promise<WeekReport> {
  const { settings, night: week, now, tell } = run;
  const { weekly } = settings;
  if (weekly === null) {
    throw new InputError({
      code: 'no-weekly',
      input: 'settings',
      problem: 'do not have weekly',
      remedy: 'Say there what the core was trained on: docs/nightly.md',
    });
  }
  return withLock(join(settings.folder, 'lock'), async () => {
    const steps = new NightFolder(join(settings.folder, 'weeks', week), (step) =>
      tell(`week ${week}: ${step}`),
    );
    const done = await steps.result('report', weekReportSchema);
    if (done !== undefined) return done;
    const { began } = await steps.step('began', z.strictObject({ began: z.iso.datetime() }), async () => ({
      began: now().toISOString(),
    }));
    const store = new FolderStore(settings.store);
    const hospitals: HospitalCases[] = [];
    for (const one of settings.hospitals) hospitals.push(await openHospital(contextOf(run, one)));
    const consented = new Set(settings.hospitals.filter(({ consent }) => consent).map(({ id }) => id));
    const { path, ...options } = baseConfig(weekly, weekly.data).data;
    const { size } = baseConfig(weekly, weekly.data);
    const base = await loadDataset(path, { ...options, size });
    const shared = await gather(hospitals, consented, base.raters.length);
    const report = (
      rest: Pick<WeekReport, 'decision' | 'reason' | 'base' | 'hospitals'>,
    ): Promise<WeekReport> =>
      steps.step('report', weekReportSchema, async () => ({
        ...{ week, sharedImages: shared.length, ...rest },
        minutes: (now().getTime() - Date.parse(began)) / 60_000,
      }));
    if (shared.length < weekly.minimumCases) {
      await base.close();
      const reason = `${shared.length} images of hospitals that consented; ${weekly.minimumCases} are needed`;
      return report({ decision: 'nothing', reason, base: null, hospitals: [] });
    }
    const trained = await steps.step('trained', z.strictObject({ base: hashSchema }), async () => ({
      base: await trainBase(
        join(steps.path, 'job'),
        base,
        shared,
        { ...settings, weekly },
        store,
        new Date(began),
        (line) => tell(`week ${week}: ${line}`),
      ),
    }));
    await base.close();
    const core = await loadRelease(store, trained.base, servingSpecs);
    const verdicts: Verdict[] = [];
    for (const hospital of hospitals) {
      const { hospital: id } = hospital.context;
      const verdict = await steps.step(`moved-${id}`, verdictSchema, async () =>
        judgeMove(id, await moveHospital(hospital, core, began), settings),
      );
      verdicts.push(verdict);
    }
    const worse = verdicts.filter(({ verdict }) => verdict === 'worse');
    const told = (of: readonly Verdict[]) =>
      of.map(({ hospital, reason }) => `${hospital}: ${reason}`).join('; ');
    if (worse.length > 0) {
      const stay = verdicts.map((verdict) => ({ ...verdict, promoted: null }));
      const reason = `worse at ${told(worse)}`;
      return report({ decision: 'refused', reason, base: trained.base, hospitals: stay });
    }
    const results: WeekReport['hospitals'] = [];
    for (const [i, hospital] of hospitals.entries()) {
      const verdict = verdicts[i] as Verdict;
      const promoted =
        verdict.verdict === 'moves'
          ? await steps.step(`promoted-${verdict.hospital}`, promotedSchema, () =>
              promoteMove(hospital, verdict.release as string),
            )
          : null;
      results.push({ ...verdict, promoted });
    }
    const moves = verdicts.filter(({ verdict }) => verdict === 'moves');
    const decision = moves.length === 0 ? 'nothing' : 'promoted';
    const reason = moves.length === 0 ? 'no hospital can be judged' : told(moves);
    return report({ decision, reason, base: trained.base, hospitals: results });
  });
}
