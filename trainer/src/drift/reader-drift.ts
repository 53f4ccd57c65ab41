import type { LedgerEntry } from '../nightly/hospital-ledger.ts';
import type { ReaderDrift } from './drift-report.ts';
import type { DriftSettings } from './settings.ts';

interface Agreement {
  readonly night: string;
  readonly patient: string;
  readonly dice: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Means of a patient's cases: images of one patient are no independent ones. */
function byPatient(cases: readonly Agreement[]): number[] {
  return [...Map.groupBy(cases, ({ patient }) => patient).values()].map((own) =>
    mean(own.map((c) => c.dice)),
  );
}

function summary(cases: readonly Agreement[]) {
  if (cases.length === 0) return null;
  const patients = byPatient(cases);
  return { dice: mean(patients), cases: cases.length, patients: patients.length };
}

/** Squared standard error of a mean; infinite for a single value, from which nothing follows. */
function error(values: readonly number[]): number {
  if (values.length < 2) return Infinity;
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1) / values.length;
}

/** Worse by more than is allowed, and by more than the choice of patients explains (95 %, as of Welch's test). */
function isWorse(recent: readonly Agreement[], earlier: readonly Agreement[], allowed: number): boolean {
  const [now, before] = [byPatient(recent), byPatient(earlier)];
  const loss = mean(before) - mean(now);
  return loss > allowed && loss > 1.96 * Math.sqrt(error(now) + error(before));
}

/**
 * How far each reader's outlines agreed with their persona, night by night, and whether the last nights are worse than
 * those before: the reader, the images or the persona has changed.
 *
 * @param nights in their order
 */
export function readerDrift(
  entries: readonly LedgerEntry[],
  nights: readonly string[],
  { recentNights, agreementLoss }: DriftSettings,
): ReaderDrift[] {
  const known = entries.filter(({ agreement, status }) => agreement !== null && status !== 'withdrawn');
  const personas = [...new Set(known.map(({ record }) => record.persona))].sort();
  return personas.map((persona) => {
    const cases = known
      .filter(({ record }) => record.persona === persona)
      .map(({ night, record, agreement }) => ({ night, patient: record.group, dice: agreement as number }));
    const own = nights.filter((night) => cases.some((one) => one.night === night));
    const late = new Set(own.slice(-recentNights));
    const [recent, earlier] = [true, false].map((is) =>
      cases.filter(({ night }) => late.has(night) === is),
    ) as [Agreement[], Agreement[]];
    const perNight = own.flatMap((night) => {
      const found = summary(cases.filter((one) => one.night === night));
      return found === null ? [] : [{ night, ...found }];
    });
    return {
      persona,
      nights: perNight,
      recent: summary(recent),
      earlier: summary(earlier),
      alert: recent.length > 0 && earlier.length > 0 && isWorse(recent, earlier, agreementLoss),
    };
  });
}
