import type { Mask } from '@d-persona/shared/mask/mask.ts';

/** A simulated reader: how their outline follows from the four real ones of an image, smallest first. */
export interface Reader {
  readonly id: string;
  readonly title: string;
  draw(ranks: readonly Mask[]): Mask;
}

const rank = (ranks: readonly Mask[], k: number): Mask => ranks[k] as Mask;

/** Pixels within `margin` of the mask (or, shrinking, of its outside) change sides. Euclidean. */
export function grown({ height, width, data }: Mask, margin: number): Mask {
  const [from, reach] = margin > 0 ? [1, margin] : [0, -margin];
  const out = data.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] !== from) continue;
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          if (dx * dx + dy * dy > reach * reach) continue;
          const [v, u] = [y + dy, x + dx];
          if (v >= 0 && v < height && u >= 0 && u < width) out[v * width + u] = from;
        }
      }
    }
  }
  return { height, width, data: out };
}

/** A mask moved by whole pixels; what leaves the image is lost. */
export function moved({ height, width, data }: Mask, dx: number, dy: number): Mask {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [v, u] = [y - dy, x - dx];
      if (v >= 0 && v < height && u >= 0 && u < width) out[y * width + x] = data[v * width + u] as number;
    }
  }
  return { height, width, data: out };
}

/** The margin that the reader whose style no rank has adds to the largest outline, in pixels. */
const MARGIN = 2;

/** The reader whose curve is shown first: nobody in the training data draws like that. */
export const WIDE: Reader = {
  id: 'dr-wide',
  title: `Largest outline and ${MARGIN} pixels more`,
  draw: (ranks) => grown(rank(ranks, 3), MARGIN),
};

/** A reader who draws as one rank does. */
export const SMALL: Reader = { id: 'dr-small', title: 'Smallest outline', draw: (ranks) => rank(ranks, 0) };

/** The same reader on a night when everything is wrong: another place, another size. */
export const careless = ({ draw, ...reader }: Reader): Reader => ({
  ...reader,
  draw: (ranks) => moved(grown(draw(ranks), -3), 9, -7),
});
