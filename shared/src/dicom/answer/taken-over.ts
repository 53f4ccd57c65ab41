import { ATTRIBUTES, type Keyword, type Vr } from '../attributes.ts';
import type { WritableDataSet } from '../write-dataset.ts';
import { first } from './date-time.ts';

/** The syntax of values (PS3.5 6.2), where a value that breaks it says nothing to a reader. */
const SYNTAX: Partial<Record<Vr, RegExp>> = {
  AS: /^\d{3}[DWMY]$/,
  CS: /^[A-Z0-9 _]{1,16}$/,
  DA: /^\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/,
  TM: /^([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?$/,
};

const SEXES: readonly unknown[] = ['M', 'F', 'O'];

/**
 * Values of the source as an object takes them over: as they are, but for those that would make the object invalid. A
 * date, time, age or code that breaks its syntax is left empty; names, numbers and identifiers are never changed but for
 * control characters, which no text may hold.
 */
export function takenOver(values: WritableDataSet): WritableDataSet {
  const entries = Object.entries(values) as [Keyword, WritableDataSet[Keyword]][];
  const valid = Object.fromEntries(entries.map(([keyword, value]) => [keyword, validValue(keyword, value)]));
  const { PatientSex, PatientIdentityRemoved, DeidentificationMethod, DeidentificationMethodCodeSequence } =
    values;
  if (PatientSex !== undefined && !SEXES.includes(first(PatientSex))) valid.PatientSex = '';
  const method = first(DeidentificationMethod) || DeidentificationMethodCodeSequence?.length;
  if (first(PatientIdentityRemoved) === 'YES' && !method) {
    valid.DeidentificationMethod = 'not told by the source'; // one of the two is required (PS3.3 C.7.1.1)
  }
  return valid as WritableDataSet;
}

function validValue(keyword: Keyword, value: WritableDataSet[Keyword]): unknown {
  if (typeof value === 'string') return validText(ATTRIBUTES[keyword][1], value);
  if (!Array.isArray(value) || typeof value[0] !== 'string') return value;
  return value.map((text: string) => validText(ATTRIBUTES[keyword][1], text));
}

function validText(vr: Vr, text: string): string {
  const syntax = SYNTAX[vr];
  if (syntax !== undefined) return syntax.test(text) ? text : '';
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
