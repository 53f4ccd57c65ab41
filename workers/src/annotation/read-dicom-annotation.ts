import { keepableImage } from '@d-persona/shared/dicom/annotation/keepable-image.ts';
import { outlineFor } from '@d-persona/shared/dicom/annotation/outline-for.ts';
import { onReleaseGrid } from '@d-persona/shared/dicom/annotation/release-grid.ts';
import { unusable } from '@d-persona/shared/dicom/pixels/pixel-layout.ts';
import { readFile } from '@d-persona/shared/dicom/read-file.ts';
import { type DicomObject, readImage, readObject } from '@d-persona/shared/dicom/read-image.ts';
import { readSource } from '@d-persona/shared/dicom/read-source.ts';
import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import type { Mask } from '@d-persona/shared/mask/mask.ts';
import { decodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import { dicomLimits } from '../dicom/see-dicom.ts';
import type { Services } from '../services.ts';
import { pseudonym } from '../tenant/pseudonym.ts';

/** What is kept of a DICOM image and an outline of it: pixels alone, and who the patient is not. */
export interface DicomAnnotation {
  readonly image: Image8or16;
  readonly outline: Mask;
  /** Pseudonym of the patient; undefined where the operator set no secret, or the image names none. */
  readonly group: string | undefined;
}

/** How the outline came: as a picture's pixels on the image's one frame, or as a DICOM object. */
export type DicomOutline =
  | { readonly mask: (rows: number, columns: number) => Mask }
  | { readonly object: Uint8Array };

const IMAGE = 'part "image"';

/**
 * Reads a DICOM image with a reader's outline, as the release reads images. By allow-list (PS3.15 E): of all attributes
 * only pixels go on, and the patient's identifiers as a pseudonym.
 *
 * @throws InputError `unusable-dicom` for an image that the release does not read, or whose pixels may name the patient
 */
export async function readDicomAnnotation(
  bytes: Uint8Array,
  outline: DicomOutline,
  persona: string,
  hospital: string,
  input: Manifest['input'],
  { settings, decoders }: Pick<Services, 'settings' | 'decoders'>,
): Promise<DicomAnnotation> {
  const object = readObject(bytes, IMAGE, dicomLimits(settings));
  if (object.dataSet.string('BurnedInAnnotation') === 'YES') {
    const remedy = 'Send the image without text in its pixels';
    throw unusable(IMAGE, 'BurnedInAnnotation', 'is YES: the pixels may name the patient', remedy);
  }
  const { frame, mask } = outlineOf(object, outline, persona, settings);
  const image = await readImage(object, frame + 1, input, decoders);
  const kept = onReleaseGrid(image, mask, input.spacing, settings.MAX_IMAGE_PIXELS);
  return { image: keepableImage(kept), outline: kept.mask, group: await groupOf(object, hospital, settings) };
}

function outlineOf(
  { dataSet, layout }: DicomObject,
  outline: DicomOutline,
  persona: string,
  settings: Services['settings'],
): { frame: number; mask: Mask } {
  if ('mask' in outline) return { frame: 0, mask: outline.mask(layout.rows, layout.columns) };
  const name = 'part "mask"';
  const file = readFile(outline.object, { name, maxInflatedBytes: settings.MAX_BODY_BYTES });
  const frames = Array.from({ length: layout.frames }, (_, i) => i);
  const source = readSource(dataSet, frames, layout.frames);
  const { frame, mask } = outlineFor(persona, file.dataSet, source, name);
  return { frame, mask: decodeRunLengths(mask, name) };
}

async function groupOf(
  { dataSet }: DicomObject,
  hospital: string,
  { PSEUDONYM_SECRET }: Services['settings'],
): Promise<string | undefined> {
  const id = dataSet.string('PatientID');
  if (PSEUDONYM_SECRET === undefined || id === undefined) return undefined;
  return pseudonym(PSEUDONYM_SECRET, hospital, [dataSet.string('IssuerOfPatientID') ?? '', id]);
}
