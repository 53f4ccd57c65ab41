import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { encodeImage } from '@d-persona/shared/image/encode-image.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { unpackMask } from '../data/mask-bits.ts';
import { pictureOf } from '../data/picture-of.ts';
import type { Dataset } from '../data/sample.ts';
import { writeFileAtomically } from '../run/atomic-file.ts';
import type { SharedImage } from './shared-images.ts';

const plain = (name: string) => name.replaceAll(/[^\w.-]/g, '-');
const bits = (mask: Uint8Array, height: number, width: number) =>
  encodePng({ height, width, channels: 1, data: mask.map((bit) => 255 * bit) });

/** Writes an image and its masks as the layout of slots has it: patient, lesion, slice. */
async function writeCase(
  folder: string,
  patient: string,
  lesion: string,
  image: Uint8Array,
  masks: readonly Uint8Array[],
): Promise<void> {
  const place = join(folder, plain(patient), lesion);
  await writeFileAtomically(join(place, 'images/slice-0.png'), image);
  for (const [r, mask] of masks.entries())
    await writeFileAtomically(join(place, `mask-${r}/slice-0.png`), mask);
}

/** A standardised image as 8-bit grey or RGB: a model standardises it again, so that scale and offset do not matter. */
function asPicture({ image, side, channels }: SharedImage): Uint8Array {
  let [low, high] = [Infinity, -Infinity];
  for (const value of image) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const scale = high > low ? 255 / (high - low) : 0;
  const data = Uint8Array.from(image, (value) => Math.round((value - low) * scale));
  return encodePng({ height: side, width: side, channels, data });
}

/**
 * Writes a dataset that holds the core's own and the images of hospitals, to be read like any other.
 *
 * @throws InputError for data of named readers: hospitals' outlines cannot stand for them
 */
export async function writeTrainingFolder(
  folder: string,
  base: Dataset,
  shared: readonly SharedImage[],
): Promise<void> {
  if (base.kind !== 'rank') {
    throw new InputError({
      code: 'named-readers',
      input: base.name,
      problem: "is of named readers, for whom a hospital's own cannot stand in",
      remedy: 'Leave weekly out of the settings: heads are still trained every night',
    });
  }
  for (const [i, sample] of base.samples.entries()) {
    const { image, masks } = await base.pixels(sample);
    const there = base.raters.flatMap((_, r) => (sample.present[r] ? [unpackMask(masks, r)] : []));
    const { height, width } = masks;
    await writeCase(
      folder,
      sample.patient,
      `lesion-${i}`,
      encodeImage(pictureOf(image)),
      there.map((mask) => bits(mask, height, width)),
    );
  }
  for (const [i, one] of shared.entries()) {
    const masks = one.masks.map((mask) => bits(mask, one.side, one.side));
    await writeCase(folder, one.patient, `case-${i}`, asPicture(one), masks);
  }
  const card = {
    name: base.name,
    licence: base.licence,
    attribution: base.attribution,
    kind: base.kind,
    ...(base.modality !== null && { modality: base.modality }),
    ...(base.spacing !== null && { spacing: base.spacing }),
  };
  await writeFileAtomically(join(folder, 'dataset.json'), Buffer.from(JSON.stringify(card)));
}
