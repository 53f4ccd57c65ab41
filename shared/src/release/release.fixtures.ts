import { Random } from '../random.ts';
import type { PlainTensor } from './encode-release.ts';
import type { ReleaseDescription } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';
import type { Quantization } from './quantize.ts';
import type { TensorSpec } from './weight-layout.ts';

/** A few weights in the two files that a release has; sizes are no multiples of four. */
export const SPECS: readonly TensorSpec[] = [
  { name: 'unet/conv/kernel', shape: [3, 3, 1, 3], part: 'unet' },
  { name: 'unet/conv/bias', shape: [3], part: 'unet' },
  { name: 'prior/out/kernel', shape: [1, 1, 3, 5], part: 'prior' },
  { name: 'head/0/conv/kernel', shape: [1, 1, 3, 1], part: 'head' },
  { name: 'head/1/conv/kernel', shape: [1, 1, 3, 1], part: 'head' },
];

export function someWeights(specs: readonly TensorSpec[] = SPECS): Map<string, PlainTensor> {
  const random = new Random(7);
  return new Map(
    specs.map(({ name, shape }) => [
      name,
      { shape, data: random.gaussians(shape.reduce((a, b) => a * b, 1)) },
    ]),
  );
}

export function description(kind: Quantization = 'int8'): ReleaseDescription {
  const persona = (id: string) => ({
    id,
    title: `Persona ${id}`,
    kind: 'rank' as const,
    metrics: { dice: 0.83 },
  });
  return {
    software: { name: 'd-persona', version: '0.1.0' },
    architecture: {
      backbone: 'unet',
      channels: 1,
      personas: 2,
      latent: 6,
      widths: [3, 4],
      posterior: 'all',
      head: { widths: [4], finalRelu: false, padding: 1, dropout: 0.1 },
      keys: 'standardised',
    },
    input: {
      size: [64, 64],
      channels: 1,
      frame: 'crop',
      scaling: { kind: 'standardise' },
      spacing: null,
      modality: 'CT',
    },
    personas: [persona('rank-1'), persona('rank-2')],
    metrics: { ged: 0.18, dice_soft: 0.85 },
    quantization: {
      kind,
      diceBefore: 0.83,
      diceAfter: 0.829,
      gedBefore: 0.18,
      gedAfter: 0.181,
      maxLoss: 0.005,
    },
    training: {
      dataset: 'nodules',
      sourceSha256: 'ab'.repeat(32),
      licence: 'CC BY 3.0',
      attribution: 'Armato et al. 2011',
      patients: 100,
      images: 400,
      splitSeed: 1,
      preset: 'recipe',
      steps: { stage1: 600, stage2: 50 },
      seed: 1,
    },
    provenance: { created: '2026-01-02T03:04:05Z', commit: null },
  };
}

/** A store in memory that keeps the order of writes. */
export class MemoryStore implements ObjectStore {
  readonly files = new Map<string, Uint8Array>();
  readonly writes: string[] = [];

  async get(key: string): Promise<Uint8Array | null> {
    return this.files.get(key) ?? null;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.writes.push(key);
    this.files.set(key, bytes.slice());
  }

  async delete(key: string): Promise<void> {
    this.files.delete(key);
  }

  async has(key: string): Promise<boolean> {
    return this.files.has(key);
  }

  async *pages(prefix: string): AsyncGenerator<string[], void> {
    yield await this.list(prefix);
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.files.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}
