import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnnotationRecord } from '@d-persona/shared/contract/annotations.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import { defaultCrop } from '@d-persona/shared/mask/frame.ts';
import { cropOfRegion, modelInput } from '@d-persona/shared/mask/region.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import { packMasks, unpackMask } from '../data/mask-bits.ts';
import { readMask } from '../data/read-mask.ts';
import { croppedMasks } from '../data/working-image.ts';
import { writeFileAtomically } from '../run/atomic-file.ts';
import type { HospitalApi } from './hospital-api.ts';

/** An annotated image as a release sees it. */
export interface AnnotatedCase {
  readonly id: string;
  readonly persona: string;
  /** Hash that images of one patient share. */
  readonly group: string;
  /** x [H,W,C], standardised. */
  readonly image: Float32Array;
  /** The reader's outline, H·W of 0 and 1. */
  readonly mask: Uint8Array;
}

const MAX_PIXELS = 50_000_000;
const file = (folder: string, kind: 'image' | 'mask', hash: string) =>
  join(folder, 'pixels', `${kind}-${hash}.png`);

/** Paths, below a hospital's folder, of an annotation's pixels. */
export function pixelFiles({ image, mask }: Pick<AnnotationRecord, 'image' | 'mask'>): string[] {
  return [file('', 'image', image), file('', 'mask', mask)];
}

/** Fetches an annotation's pixels into a hospital's folder, unless they are there. */
export async function fetchPixels(api: HospitalApi, folder: string, record: AnnotationRecord): Promise<void> {
  for (const kind of ['image', 'mask'] as const) {
    const path = file(folder, kind, record[kind]);
    const there = await readFile(path).catch(() => undefined);
    if (there === undefined) await writeFileAtomically(path, await api.pixels(record.id, kind));
  }
}

/**
 * An annotation's pixels on the grid of a release's input. A release that looks at a part of the image is shown the
 * part around the outline, where the image is larger than that.
 *
 * @throws InputError for pixels that cannot be read, or of different sizes
 */
export async function readCase(
  folder: string,
  { id, persona, group, image: imageHash, mask: maskHash }: AnnotationRecord,
  { size: [height, width], channels, frame }: Manifest['input'],
): Promise<AnnotatedCase> {
  const [imagePath, maskPath] = [file(folder, 'image', imageHash), file(folder, 'mask', maskHash)];
  const image = decodeImage(await readFile(imagePath), { name: imagePath, maxPixels: MAX_PIXELS });
  const mask = readMask(await readFile(maskPath), maskPath, MAX_PIXELS);
  if (mask.height !== image.height || mask.width !== image.width) {
    throw new Error(`${id}: the mask has another size than its image`);
  }
  const input = { height, width };
  const larger = image.height > height || image.width > width;
  const centre = frame === 'crop' && larger ? centroid(mask) : undefined;
  const crop = centre === undefined ? defaultCrop(frame, image, input) : cropOfRegion(image, centre, input);
  return {
    ...{ id, persona, group },
    image: modelInput(image, crop, input, channels === 3 ? 3 : 1),
    mask: unpackMask(croppedMasks(packMasks([mask.data], mask), crop, height), 0),
  };
}

/** Centre of an outline in whole pixels, or undefined where it is empty. */
function centroid({
  data,
  width,
}: {
  data: Uint8Array;
  width: number;
}): { x: number; y: number } | undefined {
  let [area, x, y] = [0, 0, 0];
  data.forEach((inside, i) => {
    if (inside === 0) return;
    area += 1;
    x += i % width;
    y += Math.floor(i / width);
  });
  return area === 0 ? undefined : { x: Math.round(x / area), y: Math.round(y / area) };
}
