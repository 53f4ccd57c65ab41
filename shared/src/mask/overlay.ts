import type { PngPixels } from '../image/encode-png.ts';
import type { Image8or16 } from '../image/image8or16.ts';
import type { Mask } from './mask.ts';

/** Colours that stay apart for colour-blind readers (Okabe & Ito, 2008), without its black, on a grey picture. */
export const OUTLINE_COLOURS: readonly (readonly [r: number, g: number, b: number])[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [213, 94, 0],
  [204, 121, 167],
  [0, 114, 178],
];

/**
 * The picture with the outline of each mask, one pixel wide and inside the mask, the k-th in the k-th of
 * {@link OUTLINE_COLOURS}; where outlines meet, the later one is seen. 16 bits are stretched from the image's least to
 * its largest value.
 */
export function outlineOverlay(image: Image8or16, masks: readonly Mask[]): PngPixels {
  const { height, width } = image;
  const data = toRgb(image);
  masks.forEach((mask, k) => {
    if (mask.height !== height || mask.width !== width) {
      throw new RangeError(`a mask of ${mask.width} × ${mask.height} on an image of ${width} × ${height}`);
    }
    const colour = OUTLINE_COLOURS[k % OUTLINE_COLOURS.length] as readonly [number, number, number];
    for (let at = 0; at < mask.data.length; at++) if (isOutline(mask, at)) data.set(colour, 3 * at);
  });
  return { height, width, channels: 3, data };
}

function toRgb({ channels, bitDepth, data }: Image8or16): Uint8Array {
  const [low, high] = bitDepth === 8 ? [0, 255] : range(data);
  const scale = high > low ? 255 / (high - low) : 0;
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let i = 0; i < rgb.length; i++) {
    const value = data[channels === 3 ? i : Math.floor(i / 3)] as number;
    rgb[i] = Math.round((value - low) * scale);
  }
  return rgb;
}

function range(data: Uint8Array | Uint16Array): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** In the mask, with a neighbour (of four) that is not, or at the picture's border. */
function isOutline({ height, width, data }: Mask, at: number): boolean {
  if (!data[at]) return false;
  const x = at % width;
  const y = Math.floor(at / width);
  const inner = x > 0 && y > 0 && x < width - 1 && y < height - 1;
  return !inner || !data[at - 1] || !data[at + 1] || !data[at - width] || !data[at + width];
}
