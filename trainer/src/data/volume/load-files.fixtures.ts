import { InputError } from '@d-persona/shared/errors.ts';
import { expect } from 'vitest';
import { type Files, writeFiles } from '../dataset.fixtures.ts';
import { type LoadOptions, loadDataset } from '../load-dataset.ts';
import type { Dataset } from '../sample.ts';

/** Loads a dataset of these files, at 8 × 8 pixels unless the options say otherwise. */
export const load = async (files: Files, options: Partial<LoadOptions> = {}): Promise<Dataset> =>
  loadDataset(await writeFiles(files), { size: 8, ...options });

/** The InputError with which loading these files fails. */
export async function failure(files: Files, options: Partial<LoadOptions> = {}): Promise<InputError> {
  const error = await load(files, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  return error as InputError;
}
