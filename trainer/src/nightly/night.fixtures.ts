import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnnotationRecord } from '@d-persona/shared/contract/annotations.ts';
import type { DriftCounts } from '@d-persona/shared/contract/drift.ts';
import type { Releases } from '@d-persona/shared/contract/releases.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { modelInput } from '@d-persona/shared/mask/region.ts';
import { decode } from '@d-persona/shared/model/decoder.ts';
import { disposeCase, encodeCase, segment } from '@d-persona/shared/model/encode-case.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { Random } from '@d-persona/shared/random.ts';
import {
  type EncodedRelease,
  encodeRelease,
  type PlainTensor,
} from '@d-persona/shared/release/encode-release.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import { loadRelease, publishRelease } from '@d-persona/shared/release/store.ts';
import * as tf from '@tensorflow/tfjs-core';
import { FolderStore } from '../publish/folder-store.ts';
import type { HospitalApi } from './hospital-api.ts';
import type { NightContext } from './night-context.ts';
import { ReleaseModel } from './release-model.ts';
import { nightlySettingsSchema } from './settings.ts';

const SIDE = 16;
const ARCHITECTURE = {
  ...{
    backbone: 'unet' as const,
    channels: 1,
    personas: 2,
    latent: 2,
    widths: [4, 8],
    posterior: 'all' as const,
  },
  head: { widths: [4], finalRelu: false, padding: 1 as const, dropout: 0 },
  keys: 'standardised' as const,
};

/**
 * A release of random weights with two personas, whose latent matters: a reader can be told apart and learnt.
 *
 * @param reference what it says of its training data
 */
export async function randomRelease(
  seed: number,
  reference?: Manifest['reference'],
): Promise<EncodedRelease> {
  const random = new Random(seed);
  const specs = servingSpecs(ARCHITECTURE);
  const weights = new Map(
    specs.map(({ name, shape }) => {
      const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const scale = shape.length > 1 ? Math.sqrt(2 / fanIn) : 0.05;
      const data = random.gaussians(shape.reduce((a, b) => a * b, 1)).map((value) => scale * value);
      if (name === 'prior/out/kernel') data.fill(0);
      if (name === 'prior/out/bias') data.set([0, 0, -0.5, -0.5]);
      // The image says more than the latent, as in a trained one: F = 4 rows of features, then D = 2.
      if (name === 'decoder/first/kernel')
        for (let i = 4 * 4; i < data.length; i++) data[i] = 0.3 * (data[i] as number);
      if (name === 'decoder/last/kernel')
        for (let i = 0; i < data.length; i++) data[i] = 4 * (data[i] as number);
      return [name, { shape, data }];
    }),
  );
  centreLogits(weights);
  const persona = (id: string) => ({ id, title: id, kind: 'rank' as const, metrics: {} });
  return encodeRelease(weights, specs, {
    software: { name: 'd-persona', version: '0.1.0' },
    architecture: ARCHITECTURE,
    input: INPUT,
    personas: [persona('rank-1'), persona('rank-2')],
    metrics: {},
    quantization: { kind: 'int8', diceBefore: 1, diceAfter: 1, gedBefore: 0, gedAfter: 0, maxLoss: 0 },
    training: {
      ...{
        dataset: 'random',
        sourceSha256: '0'.repeat(64),
        licence: 'none',
        attribution: 'none',
        patients: 0,
      },
      ...{ images: 0, splitSeed: 1, preset: 'recipe', steps: { stage1: 0, stage2: 0 }, seed: 1 },
    },
    provenance: { created: '2026-01-01T00:00:00Z', commit: null },
    ...(reference && { reference }),
  });
}

/** Shifts the last bias so that about a third of the pixels is inside at the prior's mean. */
function centreLogits(weights: ReadonlyMap<string, PlainTensor>): void {
  const model = new ReleaseModel({ architecture: ARCHITECTURE, input: INPUT, personas: [] }, weights);
  const images = model.images(Array.from({ length: 8 }, (_, n) => inputOf(n)));
  const noise = tf.zeros<tf.Rank.R3>([1, 1, 2]);
  const encoded = encodeCase(model.weights, ARCHITECTURE, images, noise);
  const logits = decode(model.weights, encoded.imagePart, encoded.prior.mu);
  const sorted = logits.dataSync<'float32'>().slice().sort();
  const bias = weights.get('decoder/last/bias')?.data as Float32Array;
  bias[0] = (bias[0] as number) - (sorted[Math.floor(sorted.length * 0.66)] as number);
  disposeCase(encoded);
  tf.dispose([images, noise, logits]);
  model.dispose();
}

const INPUT = {
  ...{
    size: [SIDE, SIDE] as [number, number],
    channels: 1,
    frame: 'crop' as const,
    spacing: null,
    modality: null,
  },
  scaling: { kind: 'standardise' as const },
};

/** A picture as the release sees it. */
function inputOf(number: number): { image: Float32Array } {
  const size = { height: SIDE, width: SIDE };
  const image = { ...size, channels: 1 as const, data: pictureOf(number) };
  return { image: modelInput(image, { ...size, left: 0, top: 0 }, size, 1) };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A hospital's server in memory. It counts what is asked of it. */
export class MemoryHospital implements HospitalApi {
  readonly records: AnnotationRecord[] = [];
  readonly #pixels = new Map<string, Uint8Array>();
  readonly published = new Set<string>();
  readonly promotions: string[] = [];
  trial: Releases['trial'] = null;
  /** What it tells of its images and answers. */
  counts: DriftCounts = { releases: [] };
  current: string;

  constructor(current: string) {
    this.current = current;
  }

  annotate(persona: string, number: number, mask: Uint8Array): string {
    const image = pictureOf(number);
    const png = encodePng({ height: SIDE, width: SIDE, channels: 1, data: mask.map((bit) => 255 * bit) });
    const id = sha256(Buffer.from(`${persona}/${number}`)).slice(0, 32);
    this.#pixels.set(`${id}/image`, encodePng({ height: SIDE, width: SIDE, channels: 1, data: image }));
    this.#pixels.set(`${id}/mask`, png);
    this.records.push({
      ...{
        id,
        changed: this.#next(),
        persona,
        title: `Dr ${persona}`,
        group: sha256(Buffer.from(`p${number}`)),
      },
      ...{ size: [SIDE, SIDE], image: sha256(image), mask: sha256(png), withdrawn: false },
      received: '2026-01-01T00:00:00Z',
    });
    return id;
  }

  withdraw(id: string): void {
    const at = this.records.findIndex((record) => record.id === id);
    const record = this.records[at] as AnnotationRecord;
    this.records.splice(at, 1);
    this.records.push({ ...record, withdrawn: true, changed: this.#next(record.changed) });
  }

  #next(least = 0): number {
    return Math.max(least, 0, ...this.records.map(({ changed }) => changed)) + 1;
  }

  async annotationsAfter(changed: number): Promise<AnnotationRecord[]> {
    return this.records.filter((record) => record.changed > changed);
  }

  async pixels(annotation: string, kind: 'image' | 'mask'): Promise<Uint8Array> {
    return this.#pixels.get(`${annotation}/${kind}`) as Uint8Array;
  }

  async releases(): Promise<Releases> {
    const { current, trial, promotions } = this;
    return { current, previous: null, version: 1 + promotions.length, trial, releases: [] };
  }

  async drift(): Promise<DriftCounts> {
    return this.counts;
  }

  async publish({ hash }: EncodedRelease): Promise<void> {
    this.published.add(hash);
  }

  async promote(release: string): Promise<void> {
    if (!this.published.has(release)) throw new Error('promoted before it was published');
    this.promotions.push(release);
    this.current = release;
    this.trial = null;
  }

  async startTrial(release: string, _version: number, share: number): Promise<void> {
    this.trial = {
      release,
      kind: 'canary',
      share,
      evidence: { compared: 0, dice: null, served: 0, failed: 0 },
    };
  }

  async endTrial(): Promise<void> {
    this.trial = null;
  }
}

/** A smooth grey picture, another for each number. */
export function pictureOf(number: number): Uint8Array {
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return Math.round(128 + 60 * Math.sin((x + 3 * number) / 3) + 60 * Math.cos(y / 4 + number));
  });
}

/** What a colleague draws whose latent is μ + σ·q for every image: a style that a head can learn. */
export async function drawnWith(
  release: EncodedRelease,
  numbers: readonly number[],
  q: number[],
): Promise<Uint8Array[]> {
  const { store, remove } = await folderStore();
  await publishRelease(store, release);
  const { manifest, weights } = await loadRelease(store, release.hash, servingSpecs);
  const model = new ReleaseModel(manifest, weights);
  const images = model.images(numbers.map(inputOf));
  const noise = tf.zeros<tf.Rank.R3>([1, 1, 2]);
  const encoded = encodeCase(model.weights, model.architecture, images, noise);
  const { mu, logSigma } = encoded.prior;
  const z = tf.tidy(() => tf.add<tf.Tensor2D>(mu, tf.mul(tf.exp(logSigma), tf.tensor2d(q, [1, 2]))));
  const probabilities = segment(model.weights, encoded, z).dataSync();
  disposeCase(encoded);
  tf.dispose([images, noise, z]);
  model.dispose();
  await remove();
  return numbers.map((_, n) =>
    Uint8Array.from({ length: SIDE * SIDE }, (__, i) =>
      (probabilities[n * SIDE * SIDE + i] as number) >= 0.5 ? 1 : 0,
    ),
  );
}

export async function folderStore(): Promise<{
  store: FolderStore;
  folder: string;
  remove(): Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-night-'));
  return {
    store: new FolderStore(join(folder, 'store')),
    folder,
    remove: () => rm(folder, { recursive: true }),
  };
}

/** What a night works with in a test. */
export function nightContext(
  api: HospitalApi,
  { store, folder }: { store: FolderStore; folder: string },
  night: string,
  changes: Record<string, unknown> = {},
  afterStep: (step: string) => void = () => {},
): NightContext {
  const settings = nightlySettingsSchema.parse({
    ...{ folder, store: folder, hospitals: [{ id: 'h', url: 'http://localhost', keyVariable: 'KEY' }] },
    check: { minimumDice: 0, deviations: 1000, minimumPixels: 1 },
    training: { steps: 100, batch: 8, bank: 50, learningRate: 3e-3 },
    ...{ minimumNewCases: 4, minimumPatients: 4, resamples: 200, ...changes },
  });
  const now = () => new Date('2026-02-01T02:00:00Z');
  return {
    ...{ hospital: 'h', night, folder: join(folder, 'h'), api, store, settings, now },
    tell() {},
    afterStep,
  };
}
