import '../backend/cpu-backend.ts';
import '../backend/gradients.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import { MemoryStore } from '@d-persona/shared/release/release.fixtures.ts';
import { loadRelease, partKey, publishRelease } from '@d-persona/shared/release/store.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { SYNTHETIC, syntheticRelease } from '../../../test/support/synthetic-release.ts';
import { namedFiles, writeFiles } from '../data/dataset.fixtures.ts';
import { headTrainingSchema } from '../nightly/settings.ts';
import { type AddOptions, addPersona } from './add-persona.ts';
import { additionSchema } from './addition.ts';
import { readReaderCases } from './reader-cases.ts';
import { renderAddition } from './render-addition.ts';

const options: AddOptions = {
  persona: { id: 'dr-lee', title: 'Dr Lee' },
  training: headTrainingSchema.parse({ steps: 3, batch: 2, bank: 8 }),
  resamples: 100,
  now: new Date('2026-01-02T03:04:05Z'),
  curve: true,
};
const images = Object.fromEntries(
  Array.from({ length: 10 }, (_, i) => [`p${i}`, { lee: 20 + 2 * i, kim: i < 5 ? 30 : null }]),
);

let store: MemoryStore;
let parent: Release;
let data: string;

beforeAll(async () => {
  await tf.setBackend('cpu');
  store = new MemoryStore();
  const architecture = { ...SYNTHETIC, widths: [4, 6], head: { ...SYNTHETIC.head, widths: [4, 3] } };
  const { hash, ...encoded } = await syntheticRelease(3, architecture, [16, 16]);
  await publishRelease(store, { hash, ...encoded });
  parent = await loadRelease(store, hash, servingSpecs);
  data = await writeFiles(namedFiles(images));
});

describe('readReaderCases', () => {
  it('divides one reader of several by patient, and asks which where none is named', async () => {
    const { train, heldOut } = await readReaderCases(data, { reader: 'kim' }, parent.manifest.input, 0.4, 1);
    expect([train.length, heldOut.length]).toEqual([3, 2]);
    expect(new Set([...train, ...heldOut].map(({ group }) => group)).size).toBe(5);
    expect(train[0]?.mask.reduce((sum, p) => sum + p, 0)).toBe(30);
    await expect(readReaderCases(data, {}, parent.manifest.input, 0.4, 1)).rejects.toThrow(
      /kim, lee.*--reader/,
    );
  });

  it('reads a folder with the masks of one reader only', async () => {
    const alone = await writeFiles(namedFiles({ a: { lee: 20 }, b: { lee: 30 }, c: { lee: 25 } }));
    const { train, heldOut } = await readReaderCases(alone, {}, parent.manifest.input, 0.3, 1);
    expect([train.length, heldOut.length]).toEqual([2, 1]);
  });
});

describe('addPersona', () => {
  it('adds a head after the others, keeps every other byte, and reports a curve over cases', async () => {
    const split = await readReaderCases(data, { reader: 'lee' }, parent.manifest.input, 0.3, 1);
    const tensors = tf.memory().numTensors;
    const { addition, release } = await addPersona(store, parent, split, options);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(additionSchema.parse(addition)).toEqual(addition);
    expect(addition.curve.map(({ cases }) => cases)).toEqual([2, 5, 7]);
    expect(addition.rivals).toHaveLength(3);
    expect(addition).toMatchObject({ trainedOn: 7, heldOut: 3, heldOutPatients: 3, parent: parent.hash });
    expect(renderAddition(addition)).toContain('| new head');

    await publishRelease(store, release);
    const child = await loadRelease(store, release.hash, servingSpecs);
    const core = (r: Release) => r.manifest.parts['core.bin']?.sha256 as string;
    expect(core(child)).toBe(core(parent));
    expect([...store.files.keys()].filter((key) => key === partKey(core(parent), 'core.bin'))).toHaveLength(
      1,
    );
    expect(child.manifest.personas.map(({ id }) => id)).toEqual(['rank-1', 'rank-2', 'rank-3', 'dr-lee']);
    for (const [name, { data: before }] of parent.weights)
      expect(child.weights.get(name)?.data).toEqual(before);
    const nearest = parent.manifest.personas.findIndex(({ id }) => id === addition.nearest);
    expect(child.weights.get('head/3/conv0/kernel')?.data).not.toEqual(
      parent.weights.get(`head/${nearest}/conv0/kernel`)?.data,
    );
  });

  it('refuses an id that is taken', async () => {
    const split = await readReaderCases(data, { reader: 'lee' }, parent.manifest.input, 0.3, 1);
    const taken = { ...options, persona: { id: 'rank-2', title: 'x' } };
    await expect(addPersona(store, parent, split, taken)).rejects.toMatchObject({ code: 'persona-exists' });
  });
});
