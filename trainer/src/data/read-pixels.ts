import { InputError } from '@d-persona/shared/errors.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import { sizesDiffer } from './inspect-entry.ts';
import { packMasks } from './mask-bits.ts';
import { orInputError } from './problems.ts';
import { readMask } from './read-mask.ts';
import type { Sample, SamplePixels } from './sample.ts';
import type { Source } from './source/source.ts';

/** Where a dataset's pictures lie, and how large they may be. */
export interface Pictures {
  readonly source: Source;
  readonly folder: string;
  readonly maxPixels: number;
}

/** Decodes a sample's image. @throws InputError when it cannot be read, or has another size than its masks */
export async function readImage(
  { source, folder, maxPixels }: Pictures,
  sample: Sample,
): Promise<SamplePixels['image']> {
  const name = source.fullName(folder + sample.image);
  const image = decodeImage(await source.read(folder + sample.image), { name, maxPixels });
  if (image.height !== sample.height || image.width !== sample.width) {
    const mask = sample.masks.find((path) => path !== null) as string;
    throw sizesDiffer(source.fullName(folder + mask), sample, image, 'its image');
  }
  return image;
}

/** Decodes a sample's image and masks. @throws InputError when a file cannot be read */
export async function readPixels(pictures: Pictures, sample: Sample): Promise<SamplePixels> {
  const { source, folder, maxPixels } = pictures;
  const image = await readImage(pictures, sample);
  const masks = await Promise.all(
    sample.masks.map(async (path) => {
      if (path === null) return null;
      const name = source.fullName(folder + path);
      const mask = readMask(await source.read(folder + path), name, maxPixels);
      if (mask.data.length !== image.height * image.width) throw sizesDiffer(name, mask, image, 'its image');
      return mask.data;
    }),
  );
  return { image, masks: packMasks(masks, image) };
}

/** Whether any pixel is not grey. */
export function hasColours({ channels, data }: SamplePixels['image']): boolean {
  if (channels === 1) return false;
  for (let i = 0; i < data.length; i += 3)
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return true;
  return false;
}

/** Whether a picture is black and white; one that cannot be read is not. */
export async function isMask({ source, folder, maxPixels }: Pictures, path: string): Promise<boolean> {
  const mask = await orInputError(async () => {
    return readMask(await source.read(folder + path), source.fullName(folder + path), maxPixels);
  });
  return !(mask instanceof InputError);
}
