import { defaultCrop } from '@d-persona/shared/mask/frame.ts';
import type { Mask } from '@d-persona/shared/mask/mask.ts';
import { modelInput } from '@d-persona/shared/mask/region.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { loadRelease } from '@d-persona/shared/release/store.ts';
import type { Sample } from '@d-persona/trainer/data/sample.ts';
import { maskDice } from '@d-persona/trainer/nightly/mask-dice.ts';
import { ReleaseModel } from '@d-persona/trainer/nightly/release-model.ts';
import type { Core } from './core.ts';
import type { Reader } from './readers.ts';
import { rankMasks } from './simulated-hospital.ts';

/** Images that nobody learns from, with what a reader would draw. */
export interface Unseen {
  readonly samples: readonly Sample[];
  readonly ranks: readonly (readonly Mask[])[];
}

export async function readUnseen(core: Core, samples: readonly Sample[]): Promise<Unseen> {
  return { samples, ranks: await Promise.all(samples.map((sample) => rankMasks(core, sample))) };
}

/** Mean Dice with a reader on unseen images. */
export interface ReaderDice {
  /** Of the reader's own persona; null while there is none. */
  readonly persona: number | null;
  /** Of the persona, not the reader's, that is most like them. */
  readonly nearest: number;
  /** Of the pixel-wise majority of the personas that are not the reader's. */
  readonly consensus: number;
}

/** Asks a release for all personas on unseen images, and compares them with what a reader would draw. */
export async function measureReader(
  core: Core,
  store: ObjectStore,
  release: string,
  { samples, ranks }: Unseen,
  readers: readonly Reader[],
  reader: Reader,
): Promise<ReaderDice> {
  const { manifest, weights } = await loadRelease(store, release, servingSpecs);
  const model = new ReleaseModel(manifest, weights);
  const { input, personas } = manifest;
  const [height, width] = input.size;
  const images = await Promise.all(
    samples.map(async (sample) => {
      const { image } = await core.pixels(sample);
      const crop = defaultCrop(input.frame, image, { height, width });
      return { image: modelInput(image, crop, { height, width }, 1) };
    }),
  );
  const masks = model.segmentAll(images);
  model.dispose();
  const drawn = ranks.map((ofImage) => reader.draw(ofImage).data);
  const mean = (of: (image: number) => Uint8Array) =>
    drawn.reduce((sum, mask, i) => sum + maskDice(mask, of(i)), 0) / drawn.length;
  const simulated = new Set(readers.map(({ id }) => id));
  const others = personas.flatMap(({ id }, r) => (simulated.has(id) ? [] : [r]));
  const own = personas.findIndex(({ id }) => id === reader.id);
  const byPersona = (r: number) => mean((i) => masks[i]?.[r] as Uint8Array);
  return {
    persona: own < 0 ? null : byPersona(own),
    nearest: Math.max(...others.map(byPersona)),
    consensus: mean((i) => majority(others.map((r) => masks[i]?.[r] as Uint8Array))),
  };
}

function majority(masks: readonly Uint8Array[]): Uint8Array {
  const votes = new Uint8Array((masks[0] as Uint8Array).length);
  for (const mask of masks)
    for (let i = 0; i < votes.length; i++) votes[i] = (votes[i] as number) + (mask[i] as number);
  return votes.map((count) => (2 * count >= masks.length ? 1 : 0));
}
