import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { byCodeUnits, isHidden, type Source } from './source.ts';

/** A dataset in a folder. Links are followed, each folder once. */
export async function openFolder(path: string): Promise<Source> {
  const files: string[] = [];
  await walk(path, '', new Set(), files);
  files.sort(byCodeUnits);
  return {
    path,
    files,
    fullName: (file) => join(path, file),
    async read(file) {
      try {
        return await readFile(join(path, file));
      } catch (cause) {
        throw cannotRead(join(path, file), cause);
      }
    },
    async close() {},
  };
}

function cannotRead(input: string, cause: unknown): InputError {
  return new InputError({
    code: 'cannot-read',
    input,
    problem: `cannot be read (${(cause as NodeJS.ErrnoException).code})`,
    remedy: 'Check that it still exists and that this user may read it',
    cause,
  });
}

async function walk(root: string, folder: string, seen: Set<string>, files: string[]): Promise<void> {
  const real = await realpath(join(root, folder));
  if (seen.has(real)) return; // a link to a folder above, or to one that was walked already
  seen.add(real);
  const entries = await readdir(real, { withFileTypes: true }).catch((cause) => {
    throw cannotRead(join(root, folder), cause);
  });
  const inside: string[] = [];
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (isHidden(entry.name)) continue;
    const kind = entry.isSymbolicLink() ? await stat(join(root, path)).catch(() => undefined) : entry;
    if (kind?.isDirectory()) inside.push(path);
    else if (kind?.isFile()) files.push(path);
  }
  for (const path of inside.sort(byCodeUnits)) await walk(root, path, seen, files);
}
