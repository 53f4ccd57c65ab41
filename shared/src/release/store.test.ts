import { describe, expect, it } from 'vitest';
import { encodeRelease } from './encode-release.ts';
import { description, MemoryStore, SPECS, someWeights } from './release.fixtures.ts';
import {
  currentRelease,
  listReleases,
  loadRelease,
  manifestKey,
  partKey,
  promoteRelease,
  publishRelease,
} from './store.ts';

const encoded = (ged = 0.18) => encodeRelease(someWeights(), SPECS, { ...description(), metrics: { ged } });

/** The same core under other heads: what a hospital adds to a base. */
function otherHeads() {
  const weights = someWeights();
  for (const { name, shape, part } of SPECS) {
    if (part === 'head') weights.set(name, { shape, data: new Float32Array(3).fill(0.5) });
  }
  return weights;
}

describe('publishRelease', () => {
  it('writes the manifest last, so that a release is there wholly or not at all', async () => {
    const store = new MemoryStore();
    const release = await encoded();
    const { hash } = release;
    await publishRelease(store, release);
    expect(store.writes).toHaveLength(3);
    expect(store.writes.at(-1)).toBe(manifestKey(hash));
    expect(await listReleases(store)).toEqual([hash]);
  });

  it('leaves the same release alone, and completes a half-published one', async () => {
    const store = new MemoryStore();
    const release = await encoded();
    await publishRelease(store, release);
    await publishRelease(store, release);
    expect(store.writes).toHaveLength(3);
    store.files.delete(manifestKey(release.hash));
    await publishRelease(store, release);
    expect(store.writes).toHaveLength(4);
  });

  it('stores a part that releases share once', async () => {
    const store = new MemoryStore();
    const [base, own] = [await encoded(), await encodeRelease(otherHeads(), SPECS, description())];
    for (const release of [base, own]) await publishRelease(store, release);
    expect(store.writes.filter((key) => key.endsWith('core.bin'))).toHaveLength(1);
    expect(store.writes.filter((key) => key.endsWith('personas.bin'))).toHaveLength(2);
    for (const { hash } of [base, own]) await loadRelease(store, hash, () => SPECS);
  });

  it('never replaces other bytes', async () => {
    const store = new MemoryStore();
    const release = await encoded();
    const key = partKey(release.manifest.parts['core.bin']?.sha256 ?? '', 'core.bin');
    await store.put(key, Uint8Array.of(1));
    await expect(publishRelease(store, release)).rejects.toMatchObject({
      code: 'release-conflict',
      input: key,
    });
    expect(store.files.get(key)).toEqual(Uint8Array.of(1));
    expect(await listReleases(store)).toEqual([]);
  });
});

describe('the current release', () => {
  it('is none, then the one promoted', async () => {
    const store = new MemoryStore();
    expect(await currentRelease(store, 'north')).toBeNull();
    const [a, b] = [await encoded(0.1), await encoded(0.2)];
    for (const release of [a, b]) {
      await publishRelease(store, release);
      await promoteRelease(store, 'north', release.hash);
      expect(await currentRelease(store, 'north')).toBe(release.hash);
    }
    expect(await listReleases(store)).toEqual([a.hash, b.hash].sort());
  });

  it('stays when the new one is not published', async () => {
    const store = new MemoryStore();
    const release = await encoded();
    await publishRelease(store, release);
    await promoteRelease(store, 'north', release.hash);
    await expect(promoteRelease(store, 'north', 'cd'.repeat(32))).rejects.toMatchObject({
      code: 'release-missing',
    });
    await expect(promoteRelease(store, 'north', 'latest')).rejects.toMatchObject({
      code: 'bad-release-hash',
    });
    expect(await currentRelease(store, 'north')).toBe(release.hash);
  });

  it('says so when its file is damaged', async () => {
    const store = new MemoryStore();
    await store.put('hospitals/north/current.json', new TextEncoder().encode('{"release": 1}'));
    await expect(currentRelease(store, 'north')).rejects.toThrow('hospitals/north/current.json');
  });

  it('is not looked for outside the hospitals', async () => {
    await expect(currentRelease(new MemoryStore(), '../north')).rejects.toMatchObject({
      code: 'bad-hospital-id',
    });
  });
});
