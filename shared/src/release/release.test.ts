import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { servingSpecs } from '../model/weights.ts';
import { canonicalJson } from './canonical-json.ts';
import { type EncodedRelease, encodeRelease, type PlainTensor, quantizedWeights } from './encode-release.ts';
import type { Manifest } from './manifest.ts';
import type { Quantization } from './quantize.ts';
import { description, MemoryStore, SPECS, someWeights } from './release.fixtures.ts';
import { ReleaseError } from './release-error.ts';
import { sha256 } from './sha256.ts';
import { loadRelease, manifestKey, partKey, publishRelease } from './store.ts';

const specsFor = () => SPECS;
const KINDS: Quantization[] = ['int8', 'float16', 'float32'];

async function published(kind: Quantization = 'int8') {
  const store = new MemoryStore();
  const release = await encodeRelease(someWeights(), SPECS, description(kind));
  await publishRelease(store, release);
  return { store, release, hash: release.hash };
}

/** The key of a release's file. */
function fileKey({ hash, manifest }: EncodedRelease, file: string): string {
  const part = manifest.parts[file];
  return part === undefined ? manifestKey(hash) : partKey(part.sha256, file);
}

async function refusal(store: MemoryStore, hash: string): Promise<ReleaseError> {
  try {
    await loadRelease(store, hash, specsFor);
  } catch (error) {
    if (error instanceof ReleaseError) return error;
    throw error;
  }
  throw new Error('the release was not refused');
}

/** A store whose manifest was changed by someone who also made its address fit. */
async function forged(change: (manifest: Manifest & Record<string, unknown>) => void) {
  const { store, release } = await published();
  const manifest = JSON.parse(JSON.stringify(release.manifest));
  change(manifest);
  const bytes = new TextEncoder().encode(canonicalJson(manifest));
  const hash = await sha256(bytes);
  store.files.set(manifestKey(hash), bytes);
  return refusal(store, hash);
}

describe('a release', () => {
  it.each(KINDS)('comes back as it was quantized: %s', async (kind) => {
    const { store, hash, release } = await published(kind);
    const loaded = await loadRelease(store, hash, specsFor);
    expect(loaded.manifest).toEqual(release.manifest);
    expect(loaded.weights).toEqual(quantizedWeights(someWeights(), SPECS, kind));
    expect([...loaded.weights.keys()].sort()).toEqual(SPECS.map(({ name }) => name).sort());
  });

  it('in float32 is bit by bit what was trained', async () => {
    const { store, hash } = await published('float32');
    const { weights } = await loadRelease(store, hash, specsFor);
    for (const [name, { data }] of someWeights()) expect(weights.get(name)?.data).toEqual(data);
  });

  it('has an address that follows from its content alone', async () => {
    const again = await encodeRelease(someWeights(), SPECS, description());
    expect(again.hash).toBe((await published()).hash);
    const shuffled = Object.fromEntries(Object.entries(description()).reverse()) as ReturnType<
      typeof description
    >;
    expect((await encodeRelease(someWeights(), SPECS, shuffled)).hash).toBe(again.hash);
    const other = { ...description(), metrics: { ged: 0.19 } };
    expect((await encodeRelease(someWeights(), SPECS, other)).hash).not.toBe(again.hash);
  });

  it('keeps core and personas apart', async () => {
    const { release } = await published();
    expect([...release.files.keys()].sort()).toEqual(['core.bin', 'manifest.json', 'personas.bin']);
    const parts = release.manifest.weights.map(({ name, part }) => [name.split('/')[0], part]);
    for (const [network, part] of parts) expect(part).toBe(network === 'head' ? 'personas.bin' : 'core.bin');
  });

  it('holds the real model, without its posterior', async () => {
    const { architecture } = description();
    const specs = servingSpecs(architecture);
    const store = new MemoryStore();
    const release = await encodeRelease(someWeights(specs), specs, description());
    await publishRelease(store, release);
    const { weights } = await loadRelease(store, release.hash, servingSpecs);
    expect(weights.size).toBe(specs.length);
    expect([...weights.keys()].some((name) => name.startsWith('posterior'))).toBe(false);
  });

  it('can be read from bytes that are not aligned', async () => {
    const { store, hash } = await published();
    for (const [key, bytes] of store.files) {
      const padded = new Uint8Array(bytes.length + 3);
      padded.set(bytes, 3);
      store.files.set(key, padded.subarray(3));
    }
    const { weights } = await loadRelease(store, hash, specsFor);
    expect(weights).toEqual(quantizedWeights(someWeights(), SPECS, 'int8'));
  });
});

describe('a damaged release is refused with the name of the file', () => {
  it('any byte altered', async () => {
    const { store, release, hash } = await published();
    const anyByte = fc
      .constantFrom(...release.files.keys())
      .chain((file) =>
        fc.tuple(
          fc.constant(file),
          fc.nat((release.files.get(file)?.length ?? 1) - 1),
          fc.integer({ min: 1, max: 255 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(anyByte, async ([file, at, flip]) => {
        const intact = release.files.get(file) as Uint8Array;
        const altered = intact.slice();
        altered[at] = (altered[at] as number) ^ flip;
        store.files.set(fileKey(release, file), altered);
        const error = await refusal(store, hash);
        store.files.set(fileKey(release, file), intact);
        expect(error.code).toBe('release-altered');
        expect(error.input).toBe(fileKey(release, file));
        expect(error.message).toContain('publish the release again');
      }),
    );
    await loadRelease(store, hash, specsFor);
  });

  it.each(['core.bin', 'personas.bin', 'manifest.json'])('%s cut off', async (file) => {
    const { store, release, hash } = await published();
    const intact = release.files.get(file) as Uint8Array;
    for (const length of [0, 1, intact.length - 1]) {
      store.files.set(fileKey(release, file), intact.subarray(0, length));
      const error = await refusal(store, hash);
      expect(error.code).toBe(file === 'manifest.json' ? 'release-altered' : 'release-truncated');
      expect(error.message).toContain(file);
    }
  });

  it('a part missing', async () => {
    const { store, release, hash } = await published();
    const key = fileKey(release, 'personas.bin');
    store.files.delete(key);
    const error = await refusal(store, hash);
    expect([error.code, error.input]).toEqual(['release-incomplete', key]);
  });

  it('nothing there', async () => {
    const error = await refusal(new MemoryStore(), 'ab'.repeat(32));
    expect(error.code).toBe('release-missing');
    expect(error.message).toContain('manifest.json');
  });

  it('an address that is none', async () => {
    await expect(loadRelease(new MemoryStore(), '../secrets', specsFor)).rejects.toMatchObject({
      code: 'bad-release-hash',
    });
  });
});

describe('a foreign or inconsistent manifest is refused', () => {
  const first = (manifest: Manifest) => manifest.weights[0] as Manifest['weights'][number];
  const second = (manifest: Manifest) => manifest.weights[1] as Manifest['weights'][number];
  const cases: [
    what: string,
    code: string,
    change: (manifest: Manifest & Record<string, unknown>) => void,
  ][] = [
    ['a newer format', 'release-foreign', (m) => Object.assign(m, { version: 2 })],
    ['another software', 'release-foreign', (m) => Object.assign(m, { format: 'tfjs-layers' })],
    ['an unknown key', 'release-invalid', (m) => Object.assign(m, { extra: 1 })],
    ['a missing field', 'release-invalid', (m) => Reflect.deleteProperty(m, 'training')],
    ['too few personas', 'release-invalid', (m) => m.personas.pop()],
    ['a persona twice', 'release-invalid', (m) => Object.assign(m.personas[0] as object, { id: 'rank-2' })],
    ['other channels', 'release-invalid', (m) => Object.assign(m.input, { channels: 3 })],
    ['a missing weight', 'release-mismatch', (m) => m.weights.pop()],
    [
      'a weight of another shape',
      'release-mismatch',
      (m) => Object.assign(first(m), { shape: [3, 3, 3, 1] }),
    ],
    ['a strange weight', 'release-mismatch', (m) => m.weights.push({ ...first(m), name: 'backdoor' })],
    ['a weight twice', 'release-invalid', (m) => m.weights.push(first(m))],
    ['a weight beyond the part', 'release-invalid', (m) => Object.assign(first(m), { offset: 1 << 20 })],
    ['weights over each other', 'release-invalid', (m) => Object.assign(second(m), { offset: 4 })],
    ['a length that is not the size', 'release-invalid', (m) => Object.assign(first(m), { length: 4 })],
    ['an unlisted part', 'release-invalid', (m) => Object.assign(first(m), { part: 'other.bin' })],
    ['a part outside', 'release-invalid', (m) => Object.assign(first(m), { part: '../x.bin' })],
  ];

  it.each(cases)('%s', async (_, code, change) => {
    const error = await forged(change);
    expect(error.code).toBe(code);
    expect(error.input).toMatch(/manifest\.json$/);
  });

  it('and the newer format says what to do', async () => {
    const error = await forged((m) => Object.assign(m, { version: 2 }));
    expect(error.message).toContain('format version 2');
    expect(error.remedy).toBe('Update this software');
  });

  it('something that is not JSON', async () => {
    const store = new MemoryStore();
    const bytes = Uint8Array.of(0xff, 0xfe, 1);
    const hash = await sha256(bytes);
    await store.put(manifestKey(hash), bytes);
    expect((await refusal(store, hash)).code).toBe('release-foreign');
  });
});

describe('weights that must not be published', () => {
  const change = (name: string, tensor: PlainTensor | undefined) => {
    const weights = someWeights();
    weights.delete(name);
    if (tensor) weights.set(name, tensor);
    return weights;
  };
  const bias = (...values: number[]) => ({ shape: [3], data: Float32Array.from(values) });

  it.each([
    ['NaN', change('unet/conv/bias', bias(0, Number.NaN, 1)), 'int8'],
    ['infinity', change('unet/conv/bias', bias(0, Number.POSITIVE_INFINITY, 1)), 'float32'],
    ['none at all', change('unet/conv/bias', undefined), 'int8'],
    ['another shape', change('unet/conv/bias', { shape: [1, 3], data: new Float32Array(3) }), 'int8'],
    [
      'too large for float16',
      change('head/0/conv/kernel', { shape: [1, 1, 3, 1], data: Float32Array.of(1, 65520, 2) }),
      'float16',
    ],
  ] as const)('%s', async (_, weights, kind) => {
    const error = await encodeRelease(weights, SPECS, description(kind)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ReleaseError);
    expect((error as ReleaseError).code).toBe('release-refused');
    expect((error as ReleaseError).input).toMatch(/^weight (unet\/conv\/bias|head\/0\/conv\/kernel)$/);
  });
});
