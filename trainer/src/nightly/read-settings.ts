import { readFile } from 'node:fs/promises';
import { InputError } from '@d-persona/shared/errors.ts';
import { parseJsonOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { type NightlySettings, nightlySettingsSchema } from './settings.ts';

/** The settings of a file; undefined where it is not there. @throws InputError that names what is wrong in it */
export async function findSettings(path: string): Promise<NightlySettings | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  return parseJsonOrThrow(
    nightlySettingsSchema,
    text,
    path,
    'Correct the settings; docs/nightly.md tells of them',
  );
}

/** As {@link findSettings}. @throws InputError also where the file is not there */
export async function readSettings(path: string): Promise<NightlySettings> {
  const settings = await findSettings(path);
  if (settings !== undefined) return settings;
  throw new InputError({
    code: 'no-settings',
    input: path,
    problem: 'is not there',
    remedy: 'Write the settings (docs/nightly.md), or give another file with --settings',
  });
}
