import { stat } from 'node:fs/promises';
import { InputError } from '@d-persona/shared/errors.ts';
import { openFolder } from './folder-source.ts';
import type { Source } from './source.ts';
import { openZip } from './zip-source.ts';

/** Opens a folder or a zip archive. @throws InputError when there is none, or it is no archive */
export async function openSource(path: string): Promise<Source> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError({
      code: 'no-data',
      input: path,
      problem: cause.code === 'ENOENT' ? 'does not exist' : `cannot be opened (${cause.code})`,
      remedy: 'Give the folder or the zip archive that holds the images and masks',
      cause,
    });
  });
  return found.isDirectory() ? openFolder(path) : openZip(path);
}
