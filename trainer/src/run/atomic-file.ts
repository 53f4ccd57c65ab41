import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'Free disk space, or choose another folder, and run the same command again: it resumes',
  EACCES: 'Give this user the right to write there, or choose another folder',
  EROFS: 'The file system is read-only: choose another folder',
  EDQUOT: 'The disk quota is used up: free space, or choose another folder',
};

/**
 * Writes a file so that a crash at any moment leaves the old file or the new one: to a temporary name beside it,
 * flushed to the disk, then renamed.
 *
 * @throws InputError when the disk is full or the folder cannot be written; the earlier file is untouched
 */
export async function writeFileAtomically(path: string, ...chunks: readonly Uint8Array[]): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      for (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const remedy = REMEDIES[code];
    if (remedy === undefined) throw error;
    throw new InputError({
      code: 'cannot-write',
      input: path,
      problem: `cannot be written (${code})`,
      remedy,
      cause: error,
    });
  }
}
