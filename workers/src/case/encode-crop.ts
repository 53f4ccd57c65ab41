import type { Encoding } from '@d-persona/shared/engine/engine.ts';
import { modelInput } from '@d-persona/shared/mask/region.ts';
import { turnedSize, turn as turnGrid } from '@d-persona/shared/mask/turn.ts';
import type { Model } from '../engine/model.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { SeenImage } from './seen-image.ts';

/** Runs the crop of an image through the model's encoder. @throws ProblemError 422 for a release that reads no pictures */
export function encodeCrop(
  { image, crop, turn }: Pick<SeenImage, 'image' | 'crop' | 'turn'>,
  { engine, manifest, inputSize }: Model,
): Encoding {
  const { channels } = manifest.architecture;
  if (channels !== 1 && channels !== 3) {
    throw new ProblemError(
      'unreadable-image',
      `body: has 1 or 3 channels, where the release reads ${channels}. Ask a hospital whose release reads pictures.`,
    );
  }
  const upright = turnedSize(inputSize, turn);
  const input = modelInput(image, crop, upright, channels);
  return engine.encode(turnGrid(input, upright, channels, turn), inputSize);
}
