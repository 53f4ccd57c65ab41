import { describe, expect, it } from 'vitest';
import { encodeRelease } from '../release/encode-release.ts';
import { description, MemoryStore, SPECS, someWeights } from '../release/release.fixtures.ts';
import { loadRelease, publishRelease } from '../release/store.ts';
import { sct } from './codes.ts';
import { LESION, segmentedPropertySchema } from './segmented-property.ts';

const NODULE = { ...LESION, type: sct('27925004', 'Nodule') };

describe('what a release segments', () => {
  it('is in its manifest, and part of its hash', async () => {
    const encode = (segments?: typeof NODULE) =>
      encodeRelease(someWeights(), SPECS, { ...description(), ...(segments && { segments }) });
    const store = new MemoryStore();
    const release = await encode(NODULE);
    await publishRelease(store, release);
    expect((await loadRelease(store, release.hash, () => SPECS)).manifest.segments).toEqual(NODULE);
    expect((await encode()).hash).not.toBe(release.hash);
    expect((await encode()).manifest.segments).toBeUndefined();
  });

  it.each([
    ['a value too long for its attribute', { ...NODULE, type: sct('1'.repeat(17), 'Nodule') }],
    ['a meaning that would be two values', { ...NODULE, type: sct('27925004', 'Nodule\\Lump') }],
    ['no category', { type: NODULE.type }],
  ])('is refused with %s', (_, property) => {
    expect(segmentedPropertySchema.safeParse(property).success).toBe(false);
  });
});
