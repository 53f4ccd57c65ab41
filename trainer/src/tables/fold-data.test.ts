import { describe, expect, it } from 'vitest';
import type { Sample } from '../data/sample.ts';
import { splitByPatient } from '../data/split.ts';
import { foldSplit } from './fold-data.ts';

const samples = Array.from({ length: 30 }, (_, i) => ({ id: `${i}`, patient: `p${i % 15}` })) as Sample[];
const patientsOf = (part: readonly Sample[]) => new Set(part.map(({ patient }) => patient));

describe('foldSplit', () => {
  it('tests every patient exactly once over four folds, with no patient in two parts of one', () => {
    const tested = [0, 1, 2, 3].map((fold) => {
      const { train, validation, test } = foldSplit(samples, 1, fold, 4);
      expect(train.length + validation.length + test.length).toBe(samples.length);
      const parts = [train, validation, test].map(patientsOf);
      expect(new Set(parts.flatMap((part) => [...part])).size).toBe(
        parts.reduce((n, part) => n + part.size, 0),
      );
      for (const part of parts) expect(part.size).toBeGreaterThan(0);
      return [...patientsOf(test)];
    });
    expect(tested.flat().sort()).toEqual([...patientsOf(samples)].sort());
  });

  it('of one fold is the split of every other run', () => {
    expect(foldSplit(samples, 3, 0, 1)).toEqual(splitByPatient(samples, 3));
  });
});
