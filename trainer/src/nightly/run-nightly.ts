import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { hospitalIdSchema } from '@d-persona/shared/release/hospital.ts';
import { z } from 'zod';
import { writeFileAtomically } from '../run/atomic-file.ts';
import { withLock } from '../runner/exclusive-lock.ts';
import { contextOf } from './context-of.ts';
import { hospitalNight } from './hospital-night.ts';
import { hospitalReportSchema } from './night-results.ts';
import { renderNight } from './render-night.ts';
import type { NightlySettings } from './settings.ts';

/** `report.json` of a night. */
export const nightReportSchema = z.strictObject({
  night: z.string(),
  hospitals: z.array(hospitalReportSchema),
  /** Hospitals whose night failed; run again, it goes on where it stopped. */
  failures: z.array(z.strictObject({ hospital: hospitalIdSchema, problem: z.string() })),
});

export type NightReport = z.output<typeof nightReportSchema>;

/** What a monitor can tell from the exit code. */
export const NIGHT_EXIT = {
  /** Nothing to do, kept or promoted. */
  fine: 0,
  /** Something was refused, set aside or drifts: a person should look at the report. */
  look: 4,
  /** A hospital's night failed. */
  failed: 5,
} as const;

export interface NightlyRun {
  readonly settings: NightlySettings;
  readonly night: string;
  /** Only this hospital. */
  readonly hospital?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly now: () => Date;
  readonly tell: (line: string) => void;
  readonly afterStep?: (step: string) => void;
}

/** The hospitals that a run is for. @throws InputError for one that the settings do not have */
export function chosenHospitals({ settings, hospital }: Pick<NightlyRun, 'settings' | 'hospital'>) {
  const chosen = settings.hospitals.filter(({ id }) => hospital === undefined || id === hospital);
  if (chosen.length > 0) return chosen;
  throw new InputError({
    code: 'no-hospital',
    input: `--hospital ${hospital}`,
    problem: 'is not in the settings',
    remedy: `There are: ${settings.hospitals.map(({ id }) => id).join(', ')}`,
  });
}

/**
 * A night of all hospitals, one after another, under a lock. What one fails of does not stop the others. Leaves
 * `nights/<night>/report.json` and `.html` in the settings' folder.
 *
 * @throws InputError `locked` while another run goes on
 */
export async function runNightly(run: NightlyRun): Promise<NightReport> {
  const { settings, night, tell } = run;
  return withLock(join(settings.folder, 'lock'), async () => {
    const hospitals: NightReport['hospitals'] = [];
    const failures: NightReport['failures'] = [];
    for (const chosen of chosenHospitals(run)) {
      const { id } = chosen;
      try {
        hospitals.push(await hospitalNight(contextOf(run, chosen)));
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        tell(`${id}: failed: ${problem}`);
        failures.push({ hospital: id, problem });
      }
    }
    const report = nightReportSchema.parse({ night, hospitals, failures } satisfies NightReport);
    const path = join(settings.folder, 'nights', night);
    await writeFileAtomically(join(path, 'report.json'), Buffer.from(`${JSON.stringify(report, null, 2)}\n`));
    await writeFileAtomically(join(path, 'report.html'), Buffer.from(await renderNight(report)));
    return report;
  });
}

/** The exit code for a report. */
export function exitOf({ hospitals, failures }: NightReport): number {
  if (failures.length > 0) return NIGHT_EXIT.failed;
  const look = hospitals.some(
    ({ decision, setAside, heads, drift }) =>
      decision === 'refused' ||
      decision === 'overtaken' ||
      setAside.length > 0 ||
      (drift?.alerts.length ?? 0) > 0 ||
      heads.some(({ judgement }) => judgement.decision === 'refused'),
  );
  return look ? NIGHT_EXIT.look : NIGHT_EXIT.fine;
}
