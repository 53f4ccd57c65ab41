import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { describe, expect, it, vi } from 'vitest';
import { writeFileAtomically } from './atomic-file.ts';

/** The disk that is full: the next write to any file fails as the kernel would have it. */
const disk = vi.hoisted(() => ({ full: false }));

vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  return {
    ...fs,
    async open(...parameters: Parameters<typeof fs.open>) {
      const file = await fs.open(...parameters);
      const write = file.writeFile.bind(file);
      file.writeFile = async (data, options) => {
        if (disk.full)
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        await write(data, options);
      };
      return file;
    },
  };
});

const folder = () => mkdtemp(join(tmpdir(), 'd-persona-atomic-'));

describe('writeFileAtomically', () => {
  it('writes all chunks, makes folders, and leaves no temporary file', async () => {
    const root = await folder();
    const path = join(root, 'a', 'b.bin');
    await writeFileAtomically(path, Buffer.from('one '), Buffer.from('two'));
    expect(await readFile(path, 'utf8')).toBe('one two');
    expect(await readdir(join(root, 'a'))).toEqual(['b.bin']);
  });

  it('names file and remedy when the disk is full, and leaves the earlier file untouched', async () => {
    const root = await folder();
    const path = join(root, 'state.bin');
    await writeFileAtomically(path, Buffer.from('old'));
    disk.full = true;
    const failure = await writeFileAtomically(path, Buffer.from('new')).catch((error: unknown) => error);
    disk.full = false;
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as InputError).message).toContain(path);
    expect((failure as InputError).message).toMatch(/ENOSPC.*Free disk space/);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(root)).toEqual(['state.bin']);
  });
});
