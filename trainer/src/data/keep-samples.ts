import { InputError } from '@d-persona/shared/errors.ts';
import { onlyComplete } from './choose-readers.ts';
import type { InspectedEntry } from './inspect-entry.ts';
import { makeSample, type Personas, presentReaders } from './make-sample.ts';
import type { DataOptions } from './options.ts';
import { allProblems } from './problems.ts';
import type { Sample } from './sample.ts';

/** Leaves out images without an opinion, and where only complete ones are wanted, those where a reader is missing. */
export function keepSamples(
  inspected: readonly InspectedEntry[],
  personas: Personas,
  { readers }: DataOptions,
  patients: ReadonlyMap<string, string>,
): { kept: Sample[]; unlabelled: number; incomplete: number } {
  const outlined = inspected.filter((entry) => presentReaders(entry, personas).length > 0);
  const samples = outlined.map((entry) =>
    makeSample(entry, patients.get(entry.entry.id) as string, personas),
  );
  const complete = samples.filter(({ present }) => present.every(Boolean));
  const completePatients = new Set(complete.map(({ patient }) => patient)).size;
  const found = { any: samples.length, complete: complete.length, completePatients };
  const kept = onlyComplete(readers, personas.kind, found) ? complete : samples;
  return { kept, unlabelled: inspected.length - samples.length, incomplete: samples.length - kept.length };
}

export function nothingLeft(input: string, problems: readonly InputError[]): InputError {
  if (problems.length > 0) return allProblems(input, problems);
  return new InputError({
    code: 'no-samples',
    input,
    problem: 'has no image that the chosen readers outlined',
    remedy: 'Choose fewer readers (data.raters), or take images where some are missing (data.readers=any)',
  });
}
