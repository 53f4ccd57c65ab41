import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import type { StoredImage } from './sample.ts';

/** What can be shown of an image: a picture as it is, of a volume's sequences the first. */
export function pictureOf({ height, width, channels, bitDepth, data }: StoredImage): Image8or16 {
  if (channels === 1 || channels === 3) return { height, width, channels, bitDepth, data };
  const first = new Uint16Array(height * width).map((_, pixel) => data[pixel * channels] as number);
  return { height, width, channels: 1, bitDepth: 16, data: first };
}
