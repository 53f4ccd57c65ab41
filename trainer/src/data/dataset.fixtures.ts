import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';

/** Files by path. */
export type Files = Record<string, Uint8Array>;

/** Writes files to a new temporary folder. @returns its path */
export async function writeFiles(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-data-'));
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  return folder;
}

export function greyPng(width: number, height: number, value: (x: number, y: number) => number): Uint8Array {
  const data = Uint8Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
  return encodePng({ width, height, channels: 1, data });
}

export function rgbPng(
  width: number,
  height: number,
  value: (x: number, y: number) => readonly [number, number, number],
): Uint8Array {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) data.set(value(i % width, Math.floor(i / width)), 3 * i);
  return encodePng({ width, height, channels: 3, data });
}

/** A picture whose grey says where each pixel is. */
export const ramp = (side = 16) => greyPng(side, side, (x, y) => (x * 7 + y * 13) % 251);

/** A mask of `area` pixels from the picture's middle on, row by row. */
export const mask = (area: number, side = 16, on = 255) =>
  greyPng(side, side, (x, y) => {
    const place = (y - side / 4) * (side / 2) + x - side / 4;
    const within = x >= side / 4 && x < (3 * side) / 4 && y >= side / 4;
    return within && place < area ? on : 0;
  });

/** Patients P0 … with one lesion of two slices each, and the areas of the slots' masks; 0 is an empty mask. */
export function slotFiles(areas: readonly (readonly number[])[]): Files {
  const files: Files = {};
  areas.forEach((slots, p) => {
    for (const slice of [0, 1]) {
      files[`P${p}/lesion-0/images/slice-${slice}.png`] = ramp();
      slots.forEach((area, slot) => {
        files[`P${p}/lesion-0/mask-${slot}/slice-${slice}.png`] = mask(area);
      });
    }
  });
  return files;
}

/** Images and one mask of each named reader; null where there is none. */
export function namedFiles(images: Readonly<Record<string, Readonly<Record<string, number | null>>>>): Files {
  const files: Files = {};
  for (const [image, readers] of Object.entries(images)) {
    files[`images/${image}.png`] = ramp();
    for (const [reader, area] of Object.entries(readers)) {
      if (area !== null) files[`masks/${reader}/${image}.png`] = mask(area);
    }
  }
  return files;
}
