import type { Encoding } from '@d-persona/shared/engine/engine.ts';
import { modelInput } from '@d-persona/shared/mask/region.ts';
import { turnedSize, turn as turnGrid } from '@d-persona/shared/mask/turn.ts';
import type { Model } from '../engine/model.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { SeenImage } from './seen-image.ts';

/** The crop of an image as the model sees it, upright. @throws ProblemError 422 for a release that reads no pictures */
export function cropInput(
  { image, crop, turn }: Pick<SeenImage, 'image' | 'crop' | 'turn'>,
  { manifest, inputSize }: Model,
): Float32Array {
  const { channels } = manifest.architecture;
  if (channels !== 1 && channels !== 3) {
    throw new ProblemError(
      'unreadable-image',
      `body: has 1 or 3 channels, where the release reads ${channels}. Ask a hospital whose release reads pictures.`,
    );
  }
  return modelInput(image, crop, turnedSize(inputSize, turn), channels);
}

/** Runs the crop of an image through the model's encoder. @param input as of {@link cropInput} */
export function encodeCrop(
  seen: Pick<SeenImage, 'image' | 'crop' | 'turn'>,
  model: Model,
  input: Float32Array = cropInput(seen, model),
): Encoding {
  const { engine, manifest, inputSize } = model;
  const upright = turnedSize(inputSize, seen.turn);
  return engine.encode(turnGrid(input, upright, manifest.architecture.channels, seen.turn), inputSize);
}
