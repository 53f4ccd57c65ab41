import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { writeFileAtomically } from '../run/atomic-file.ts';

/** One step of a key: no `.`, no `..`, nothing empty, no separator of any system. */
const STEP = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;

/** An {@link ObjectStore} in a folder: a key is a path below it. A file is written whole or not at all. */
export class FolderStore implements ObjectStore {
  readonly #root: string;

  /** @param root need not exist yet. */
  constructor(root: string) {
    this.#root = root;
  }

  async get(key: string): Promise<Uint8Array | null> {
    try {
      return await readFile(this.#path(key));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await writeFileAtomically(this.#path(key), bytes);
  }

  async list(prefix: string): Promise<string[]> {
    try {
      const entries = await readdir(this.#root, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
        .map((entry) => relative(this.#root, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
        .filter((key) => key.startsWith(prefix))
        .sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  #path(key: string): string {
    const steps = key.split('/');
    if (!steps.every((step) => STEP.test(step))) {
      const problem = 'is not a path below the store';
      throw new InputError({
        code: 'bad-key',
        input: 'key',
        problem,
        remedy: 'Use letters, digits, ".", "_" and "-"',
      });
    }
    return join(this.#root, ...steps);
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
