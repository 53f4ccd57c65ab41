import { readFile } from 'node:fs/promises';
import { InputError } from '@d-persona/shared/errors.ts';

/** Reads a file that the user named. @throws InputError when it is not there or cannot be read */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code = 'unknown reason' } = cause as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new InputError({
      code: 'unreadable',
      input: path,
      problem,
      remedy: 'Give the path of a readable file',
      cause,
    });
  }
}
