import { InputError } from '@d-persona/shared/errors.ts';
import { Random } from '@d-persona/shared/random.ts';
import type { Sample } from './sample.ts';
import { byCodeUnits } from './source/source.ts';

export type Part = 'train' | 'validation' | 'test';

/** Shares of the patients; training takes the rest. */
const SHARES = { validation: 0.1, test: 0.2 };

/**
 * Splits samples by patient into three parts, about 70, 10 and 20 % of the patients, none of them empty. Depends on the
 * seed and the set of patients alone, not on the order of files.
 *
 * @throws InputError when there are fewer than three patients
 */
export function splitByPatient(samples: readonly Sample[], seed: number): Readonly<Record<Part, Sample[]>> {
  const patients = [...new Set(samples.map(({ patient }) => patient))].sort(byCodeUnits);
  if (patients.length < 3) {
    throw new InputError({
      code: 'too-few-patients',
      input: 'data',
      problem: `has images of ${patients.length} patient${patients.length === 1 ? '' : 's'} only, and is split by patient into three parts`,
      remedy: 'Add patients; if they were told apart wrongly, say how to with --patient-pattern',
    });
  }
  const shuffled = new Random(seed).fork('split').shuffle(patients);
  const validation = Math.max(1, Math.round(SHARES.validation * patients.length));
  const test = Math.max(1, Math.round(SHARES.test * patients.length));
  const partOf = new Map(
    shuffled.map((patient, i): [string, Part] => {
      if (i < test) return [patient, 'test'];
      return [patient, i < test + validation ? 'validation' : 'train'];
    }),
  );
  const pick = (part: Part) => samples.filter(({ patient }) => partOf.get(patient) === part);
  return { train: pick('train'), validation: pick('validation'), test: pick('test') };
}
