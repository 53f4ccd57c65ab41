import { encodePng } from '@d-persona/shared/image/encode-png.ts';

/** A smooth grey picture, another for each number. */
export function picturePng(height = 60, width = 70, number = 0): Uint8Array<ArrayBuffer> {
  const data = Uint8Array.from({ length: height * width }, (_, i) => {
    const x = i % width;
    const y = Math.floor(i / width);
    return Math.round(128 + 60 * Math.sin((x + number) / 7) + 60 * Math.cos(y / 9 + number));
  });
  return encodePng({ height, width, channels: 1, data });
}
