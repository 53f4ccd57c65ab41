import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { Random } from '@d-persona/shared/random.ts';
import { createKey } from '@d-persona/shared/release/api-key.ts';
import { type EncodedRelease, encodeRelease } from '@d-persona/shared/release/encode-release.ts';
import { type Scope, saveHospital } from '@d-persona/shared/release/hospital.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import type { Quantization } from '@d-persona/shared/release/quantize.ts';
import { promoteRelease, publishRelease } from '@d-persona/shared/release/store.ts';

export const SYNTHETIC: Architecture = {
  backbone: 'unet',
  channels: 1,
  personas: 3,
  latent: 6,
  widths: [8, 16, 32],
  posterior: 'all',
  head: { widths: [16, 8], finalRelu: false, padding: 1, dropout: 0.1 },
  keys: 'standardised',
};

/** The model's input, height and width: not square, so that a swap of the two is seen. */
export const INPUT_SIZE: [number, number] = [32, 48];

/** A release of random weights: it draws nonsense, but every persona and sample another, which is what tests need. */
export function syntheticRelease(
  seed = 1,
  architecture: Architecture = SYNTHETIC,
  size: [number, number] = INPUT_SIZE,
  kind: Quantization = 'int8',
): Promise<EncodedRelease> {
  return madeOf({ core: seed, heads: seed }, architecture, size, kind);
}

/** The core of `syntheticRelease(1)` under heads of a hospital's own. */
export function withOtherHeads(
  seed: number,
  architecture: Architecture = SYNTHETIC,
  size: [number, number] = INPUT_SIZE,
): Promise<EncodedRelease> {
  return madeOf({ core: 1, heads: seed }, architecture, size, 'int8');
}

function madeOf(
  seeds: { core: number; heads: number },
  architecture: Architecture,
  size: [number, number],
  kind: Quantization,
): Promise<EncodedRelease> {
  const seed = seeds.heads;
  const random = new Random(seeds.core);
  const others = seeds.heads === seeds.core ? undefined : new Random(seeds.heads);
  const specs = servingSpecs(architecture);
  const weights = new Map(
    specs.map(({ name, shape, part }) => {
      const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const scale = shape.length > 1 ? Math.sqrt(2 / fanIn) : 0.05;
      const count = shape.reduce((a, b) => a * b, 1);
      const drawn = random.gaussians(count);
      const own = part === 'head' ? others?.gaussians(count) : undefined;
      const data = (own ?? drawn).map((value) => scale * value);
      // An outspoken last layer around 0, so that masks are neither empty nor full.
      if (name === 'decoder/last/kernel')
        for (let i = 0; i < data.length; i++) data[i] = 4 * (data[i] as number);
      if (name === 'decoder/last/bias') data.fill(-3.3);
      return [name, { shape, data }];
    }),
  );
  const persona = (id: string) => ({
    id,
    title: `Persona ${id}`,
    kind: 'rank' as const,
    metrics: { dice: 0.5 },
  });
  return encodeRelease(weights, specs, {
    software: { name: 'd-persona', version: '0.1.0' },
    architecture,
    input: {
      size,
      channels: 1,
      frame: 'crop',
      scaling: { kind: 'standardise' },
      spacing: null,
      modality: null,
    },
    personas: Array.from({ length: architecture.personas }, (_, i) => persona(`rank-${i + 1}`)),
    metrics: {},
    quantization: {
      kind,
      diceBefore: 0.5,
      diceAfter: 0.5,
      gedBefore: 0.5,
      gedAfter: 0.5,
      maxLoss: 0.005,
    },
    training: {
      dataset: 'synthetic',
      sourceSha256: '00'.repeat(32),
      licence: 'none',
      attribution: 'random numbers',
      patients: 0,
      images: 0,
      splitSeed: seed,
      preset: 'recipe',
      steps: { stage1: 0, stage2: 0 },
      seed,
    },
    provenance: { created: '2026-01-01T00:00:00Z', commit: null },
  });
}

/** Stores a hospital with one key for each set of scopes. @returns the keys */
export async function addHospital(
  store: ObjectStore,
  id: string,
  scopes: readonly (readonly Scope[])[],
): Promise<string[]> {
  const made = await Promise.all(scopes.map((set) => createKey(id, set, '2026-01-01T00:00:00Z')));
  await saveHospital(store, { id, title: id, keys: made.map(({ record }) => record) });
  return made.map(({ key }) => key);
}

/** Publishes a release and makes it the hospital's current one. */
export async function serve(store: ObjectStore, hospital: string, release: EncodedRelease): Promise<void> {
  await publishRelease(store, release);
  await promoteRelease(store, hospital, release.hash);
}
