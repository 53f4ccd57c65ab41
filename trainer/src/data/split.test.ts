import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from './sample.ts';
import { splitByPatient } from './split.ts';

const sample = (patient: string, i: number) => ({ id: `${patient}/${i}`, patient }) as Sample;
const patients = fc
  .uniqueArray(fc.string({ minLength: 1 }), { minLength: 3, maxLength: 60 })
  .map((names) => names.flatMap((name, i) => Array.from({ length: 1 + (i % 4) }, (_, k) => sample(name, k))));
const names = (samples: readonly Sample[]) => new Set(samples.map(({ patient }) => patient));
const ids = (samples: readonly Sample[]) => samples.map(({ id }) => id).sort();

describe('splitByPatient', () => {
  it('puts every sample into one part, no patient into two, and leaves no part empty', () => {
    fc.assert(
      fc.property(patients, fc.integer(), (samples, seed) => {
        const { train, validation, test } = splitByPatient(samples, seed);
        expect(ids([...train, ...validation, ...test])).toEqual(ids(samples));
        const parts = [names(train), names(validation), names(test)];
        for (const part of parts) expect(part.size).toBeGreaterThan(0);
        expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(names(samples).size);
      }),
    );
  });

  it('does not depend on the order of samples, but on the seed', () => {
    fc.assert(
      fc.property(patients, fc.integer(), (samples, seed) => {
        const a = splitByPatient(samples, seed);
        const b = splitByPatient(samples.toReversed(), seed);
        expect(ids(a.test)).toEqual(ids(b.test));
        expect(ids(a.validation)).toEqual(ids(b.validation));
      }),
    );
    const many = Array.from({ length: 40 }, (_, i) => sample(`p${i}`, 0));
    expect(ids(splitByPatient(many, 1).test)).not.toEqual(ids(splitByPatient(many, 2).test));
  });

  it('takes 70, 10 and 20 % of the patients', () => {
    const { train, validation, test } = splitByPatient(
      Array.from({ length: 50 }, (_, i) => sample(`p${i}`, 0)),
      7,
    );
    expect([train.length, validation.length, test.length]).toEqual([35, 5, 10]);
  });

  it('refuses fewer than three patients', () => {
    expect(() => splitByPatient([sample('a', 0), sample('b', 0), sample('b', 1)], 1)).toThrow(
      expect.objectContaining({ code: 'too-few-patients' }),
    );
  });
});
