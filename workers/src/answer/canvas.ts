import { type Mask, thresholdMask } from '@d-persona/shared/mask/mask.ts';
import { restoreOnImage } from '@d-persona/shared/mask/region.ts';
import { turnBack, turnedSize } from '@d-persona/shared/mask/turn.ts';
import type { Placement } from './placement.ts';

/** A probability map on the image's grid, and its mask. */
export interface Drawn {
  readonly probability: Float32Array;
  readonly mask: Mask;
}

/**
 * The grid of an image, on which one map is drawn after the other in the same memory: what was drawn before is gone.
 * Of a large image, a hundred maps would otherwise leave a hundred times its size to the garbage collector, which does
 * not come before the answer is done.
 */
export class Canvas {
  readonly #placement: Placement;
  readonly #probability: Float32Array<ArrayBuffer>;
  readonly #mask: Uint8Array<ArrayBuffer>;

  constructor(placement: Placement) {
    const pixels = placement.image.height * placement.image.width;
    this.#placement = placement;
    this.#probability = new Float32Array(pixels);
    this.#mask = new Uint8Array(pixels);
  }

  /** Puts a map of the model's input size on the image and thresholds it there. */
  draw(map: Float32Array, threshold: number): Drawn {
    const probability = this.place(map);
    return { probability, mask: thresholdMask(probability, this.#placement.image, threshold, this.#mask) };
  }

  /** A map of the model's input size on the grid of the image: [height · width], 0 outside the crop. */
  place(map: Float32Array): Float32Array {
    const { input, crop, turn, image } = this.#placement;
    const upright = turnedSize(input, turn);
    return restoreOnImage(turnBack(map, upright, turn), crop, upright, image, this.#probability);
  }
}
