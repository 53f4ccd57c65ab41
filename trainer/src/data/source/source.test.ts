import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSource } from './open-source.ts';
import { commonFolder } from './source.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd-persona-source-'));
});
afterEach(() => rm(folder, { recursive: true }));

const text = (value: string) => new TextEncoder().encode(value);
const files = {
  'top/b.png': text('b'.repeat(1000)),
  'top/a/ä.png': text('a'),
  'top/.DS_Store': text('x'),
  '__MACOSX/top/b.png': text('x'),
};

async function writeZip(options: { level: 0 | 6 }): Promise<string> {
  const path = join(folder, 'data.zip');
  await writeFile(path, zipSync(files, options));
  return path;
}

describe('openSource', () => {
  it.each([0, 6] as const)('reads an archive of level %i, file by file', async (level) => {
    const source = await openSource(await writeZip({ level }));
    expect(source.files).toEqual(['top/a/ä.png', 'top/b.png']);
    expect(Buffer.from(await source.read('top/b.png')).toString()).toBe('b'.repeat(1000));
    expect(Buffer.from(await source.read('top/a/ä.png')).toString()).toBe('a');
    await source.close();
  });

  it('lists a folder as it lists the archive, and walks a loop of links once', async () => {
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    await symlink(folder, join(folder, 'top/a/loop'));
    await symlink(join(folder, 'nowhere'), join(folder, 'top/dangling.png'));
    const source = await openSource(folder);
    expect(source.files).toEqual(['top/a/ä.png', 'top/b.png']);
    expect(Buffer.from(await source.read('top/a/ä.png')).toString()).toBe('a');
  });

  it('names what does not exist', async () => {
    await expect(openSource(join(folder, 'none'))).rejects.toThrow(/none: does not exist/);
    await expect(openSource(join(folder, 'none'))).rejects.toBeInstanceOf(InputError);
  });

  it('refuses what is no archive, and one that is cut off', async () => {
    const path = await writeZip({ level: 6 });
    await truncate(path, 120);
    await expect(openSource(path)).rejects.toThrow(/data\.zip: is not a zip archive, or is cut off/);
    await writeFile(path, text('not a zip'));
    await expect(openSource(path)).rejects.toMatchObject({ code: 'broken-archive' });
  });

  it('notices a flipped bit in a packed file', async () => {
    const bytes = zipSync(files, { level: 0 });
    const at = Buffer.from(bytes).indexOf('bbbb');
    bytes[at + 5] = 0;
    const path = join(folder, 'data.zip');
    await writeFile(path, bytes);
    const source = await openSource(path);
    await expect(source.read('top/b.png')).rejects.toThrow(/top\/b\.png: does not match its checksum/);
    await source.close();
  });
});

describe('commonFolder', () => {
  it.each([
    [[], ''],
    [['a/b/c.png'], 'a/b/'],
    [['a/b/c.png', 'a/bc/d.png'], 'a/'],
    [['a/b/c.png', 'd.png'], ''],
  ])('of %j is %j', (paths, expected) => {
    expect(commonFolder(paths)).toBe(expected);
  });
});
