import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderStore } from './folder-store.ts';

let root = '';
let store: FolderStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'folder-store-'));
  store = new FolderStore(join(root, 'registry'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('FolderStore', () => {
  it('gives back what was put, and null for what was not', async () => {
    expect(await store.get('releases/a/core.bin')).toBeNull();
    await store.put('releases/a/core.bin', Uint8Array.of(1, 2, 3));
    expect(await store.get('releases/a/core.bin')).toEqual(Buffer.of(1, 2, 3));
    expect(await store.get('releases/a/core.bin/deeper')).toBeNull();
  });

  it('replaces a file and leaves no temporary one', async () => {
    await store.put('current.json', Uint8Array.of(1));
    await store.put('current.json', Uint8Array.of(2, 3));
    expect(await store.get('current.json')).toEqual(Buffer.of(2, 3));
    expect(await readdir(join(root, 'registry'))).toEqual(['current.json']);
  });

  it('lists keys by prefix, in order, without half-written files', async () => {
    expect(await store.list('')).toEqual([]);
    for (const key of ['releases/b/core.bin', 'releases/a/manifest.json', 'hospitals/x/hospital.json']) {
      await store.put(key, Uint8Array.of(0));
    }
    await writeFile(join(root, 'registry/releases/a/core.bin.0011.tmp'), 'half');
    expect(await store.list('releases/')).toEqual(['releases/a/manifest.json', 'releases/b/core.bin']);
    expect(await store.list('')).toHaveLength(3);
  });

  it.each([
    '../outside',
    'releases/../../outside',
    '/etc/hostname',
    'a//b',
    'a/./b',
    '',
    'a\\..\\b',
    'a/\0',
    '..',
  ])('refuses the key %j', async (key) => {
    await writeFile(join(root, 'outside'), 'not to be read');
    await mkdir(join(root, 'registry'));
    await expect(store.get(key)).rejects.toThrow(InputError);
    await expect(store.put(key, Uint8Array.of(1))).rejects.toThrow(InputError);
    expect(await readdir(join(root, 'registry'))).toEqual([]);
  });
});
