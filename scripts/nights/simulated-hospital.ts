import { annotationReceiptSchema } from '@d-persona/shared/contract/annotations.ts';
import { encodeImage } from '@d-persona/shared/image/encode-image.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import type { Mask } from '@d-persona/shared/mask/mask.ts';
import { unpackMask } from '@d-persona/trainer/data/mask-bits.ts';
import { pictureOf } from '@d-persona/trainer/data/picture-of.ts';
import type { Sample } from '@d-persona/trainer/data/sample.ts';
import type { Core } from './core.ts';
import type { Reader } from './readers.ts';

/** The four real outlines of an image, smallest first. */
export async function rankMasks({ pixels }: Core, sample: Sample): Promise<Mask[]> {
  const { masks } = await pixels(sample);
  const { height, width } = masks;
  return sample.masks.map((_, r) => ({ height, width, data: unpackMask(masks, r) }));
}

/** Hands in a reader's outlines of some images through the API. @returns how many were taken */
export async function handIn(
  core: Core,
  { url, hospital, key }: { url: string; hospital: string; key: string },
  reader: Reader,
  samples: readonly Sample[],
  night: string,
): Promise<number> {
  for (const sample of samples) {
    const image = pictureOf((await core.pixels(sample)).image);
    const outline = reader.draw(await rankMasks(core, sample));
    const mask = encodePng({ ...outline, channels: 1, data: outline.data.map((bit) => 255 * bit) });
    const body = new FormData();
    const { id: persona, title } = reader;
    const group = sample.patient.replaceAll(/[^\w.-]/g, '-');
    body.set('annotation', JSON.stringify({ persona, title, group }));
    body.set('image', new Blob([encodeImage(image)], { type: 'image/png' }), 'image.png');
    body.set('mask', new Blob([mask], { type: 'image/png' }), 'mask.png');
    const response = await fetch(`${url}/v1/hospitals/${hospital}/annotations`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'idempotency-key': `${night}/${persona}/${sample.id}`.replaceAll(/[^\x21-\x7e]/g, '-'),
      },
      body,
    });
    if (response.status !== 202)
      throw new Error(`an annotation is answered ${response.status}: ${await response.text()}`);
    annotationReceiptSchema.parse(await response.json());
  }
  return samples.length;
}
