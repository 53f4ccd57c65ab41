import { DEFAULT_SEED, DEFAULT_THRESHOLD } from '@d-persona/shared/contract/options.ts';
import type { ImageWarning } from '@d-persona/shared/dicom/read-image.ts';
import type { Series } from '@d-persona/shared/dicom/series/arrange-series.ts';
import type { Maps } from '../answer/describe-all.ts';
import { placementOf } from '../answer/placement.ts';
import { personaMaps, sampleMaps } from '../case/case-maps.ts';
import { encodeCrop } from '../case/encode-crop.ts';
import { PromptCache } from '../case/prompt-cache.ts';
import type { SeenImage } from '../case/seen-image.ts';
import { answerBytes, encodingBytes, frameBytes, PICTURE_BYTES } from '../case/work-bytes.ts';
import { seeFrame } from '../dicom/see-dicom.ts';
import type { Work } from '../engine/isolate-memory.ts';
import type { Model } from '../engine/model.ts';
import type { Services } from '../services.ts';
import type { ActivePersona } from '../tenant/active-personas.ts';
import type { DrawnSlice } from './volume-collector.ts';
import type { VolumeOptions } from './volume-options.ts';

/** For whom slices are drawn, and by whom. */
export interface DrawingOrder {
  readonly hospital: string;
  readonly options: VolumeOptions;
  readonly model: Model;
  readonly personas: readonly ActivePersona[];
}

/**
 * Draws slice by slice, in order of position, and hands each to `take` while the engine is held; between two slices
 * other requests have their turn.
 *
 * @returns what may be thought of the images
 */
export async function drawSeries(
  { slices, positions }: Series,
  { hospital, options, model, personas }: DrawingOrder,
  { gate, settings, decoders }: Services,
  work: Work,
  take: (drawn: DrawnSlice) => void,
): Promise<ImageWarning[]> {
  const { region, samples = 0, threshold = DEFAULT_THRESHOLD, seed = DEFAULT_SEED } = options;
  const warnings = new Set<ImageWarning>();
  for (const [i, slice] of slices.entries()) {
    const drawSlice = async (part: Work) => {
      const name = `instance ${i + 1}`;
      const which = { region, frame: slice.number };
      const { layout, transferSyntax } = slice.object;
      part.take(frameBytes(layout, transferSyntax.compression), name);
      const seen = await seeFrame(slice.object, which, model, settings, decoders);
      for (const warning of seen.warnings) warnings.add(warning);
      const position = positions?.[i] ?? null;
      part.makeRoom(encodingBytes(model) + answerBytes(seen.image, model, PICTURE_BYTES), name);
      take({ slice, position, threshold, ...draw(seen, model, personas, samples, seed) });
    };
    await gate.run(() => work.part(drawSlice), hospital);
  }
  return [...warnings];
}

function draw(
  seen: SeenImage,
  model: Model,
  personas: readonly ActivePersona[],
  samples: number,
  seed: number,
): Pick<DrawnSlice, 'maps' | 'placement'> {
  const encoding = encodeCrop(seen, model);
  const open = { encoding, prompts: new PromptCache(), seed };
  const indices = personas.map(({ index }) => index);
  const maps: Maps = {
    personas: personas.map(({ id }) => id),
    personaMaps: personaMaps(open, model, indices),
    sampleMaps: sampleMaps(open, model, samples),
  };
  const { height, width } = seen.image;
  return { maps, placement: placementOf({ ...seen, encoding, size: { height, width } }) };
}
