import type { DatasetVersion } from './dataset-version.ts';
import type { HospitalLedger } from './hospital-ledger.ts';
import type { NightReader } from './night-results.ts';

/**
 * Which readers' heads are to be trained: those with enough cases that their head has not learnt from, and those whose
 * head has learnt from what was withdrawn since.
 *
 * @param entries the ledger's, with this night's
 */
export function planReaders(
  version: DatasetVersion,
  entries: HospitalLedger['entries'],
  trainedOn: HospitalLedger['trainedOn'],
  minimumNewCases: number,
): NightReader[] {
  const personas = [
    ...new Set([...version.cases.map(({ persona }) => persona), ...Object.keys(trainedOn)]),
  ].sort();
  return personas.map((persona) => {
    const cases = version.cases.filter((one) => one.persona === persona && one.part === 'train');
    const learnt = new Set(trainedOn[persona] ?? []);
    const newCases = cases.filter(({ id }) => !learnt.has(id)).length;
    const there = new Set(cases.map(({ id }) => id));
    const withdrawn = [...learnt].filter((id) => !there.has(id)).length;
    const title = entries.findLast(({ record }) => record.persona === persona && record.title !== null);
    const due = cases.length > 0 && (newCases >= minimumNewCases || withdrawn > 0);
    const reason =
      cases.length === 0
        ? 'no case is left to learn from'
        : withdrawn > 0
          ? `${withdrawn} cases were withdrawn`
          : `${newCases} new cases, ${minimumNewCases} are needed`;
    const counts = { newCases, cases: cases.length, withdrawn };
    return { persona, title: title?.record.title ?? persona, ...counts, due, reason };
  });
}
