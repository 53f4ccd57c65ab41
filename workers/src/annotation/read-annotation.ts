import {
  type AnnotationPart,
  annotationPartSchema,
  caseAnnotationSchema,
} from '@d-persona/shared/contract/annotations.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import { mapToBytes } from '@d-persona/shared/image/map-to-bytes.ts';
import type { Mask } from '@d-persona/shared/mask/mask.ts';
import type { Size } from '@d-persona/shared/mask/region.ts';
import { decodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import type { z } from 'zod';
import { parseCaseId } from '../case/case-id.ts';
import { DICOM, essence } from '../input/media-type.ts';
import { ProblemError } from '../problem/problem-error.ts';
import { schemaProblem } from '../problem/schema-problem.ts';
import type { Services } from '../services.ts';
import type { DicomOutline } from './read-dicom-annotation.ts';

/** A reader's outline of an image, both decoded and of one size. */
export interface SentAnnotation extends Omit<AnnotationPart, 'mask'> {
  readonly image: Image8or16;
  readonly outline: Mask;
}

/** What the hospital's release expects of images; asked for where a DICOM image comes. */
export type ReleaseInput = () => Promise<Manifest['input']>;

const PARTS = ['annotation', 'image', 'mask'];

/**
 * Reads the body of an annotation: multipart with an image, or JSON with a case.
 *
 * @param releaseInput what the release expects; DICOM images are kept as it reads them
 * @throws ProblemError 400 malformed, 404 unknown case, 415, 422 where mask and image do not fit; InputError
 */
export async function readAnnotation(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  hospital: string,
  services: Pick<Services, 'cases' | 'settings' | 'decoders'>,
  releaseInput: ReleaseInput,
): Promise<SentAnnotation> {
  const type = essence(contentType);
  if (type === 'multipart/form-data') return readParts(body, contentType, hospital, services, releaseInput);
  if (type === 'application/json') return readCaseAnnotation(body, hospital, services);
  const list = 'multipart/form-data, application/json';
  throw new ProblemError('unsupported-media-type', `body: has another content type. Send ${list}.`, {
    'accept-post': list,
  });
}

async function readParts(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  hospital: string,
  services: Pick<Services, 'settings' | 'decoders'>,
  releaseInput: ReleaseInput,
): Promise<SentAnnotation> {
  const { settings } = services;
  const form = await new Response(body, { headers: { 'content-type': contentType } })
    .formData()
    .catch(() =>
      malformed('body: is not the multipart/form-data that its content type says. Check the boundary'),
    );
  const names = [...form.keys()];
  if (names.some((name) => !PARTS.includes(name)) || new Set(names).size !== names.length) {
    malformed('body: must have the parts "annotation", "image" and, without run lengths, "mask", each once');
  }
  const { mask, ...annotation } = check(
    annotationPartSchema,
    await text(form.get('annotation')),
    'part "annotation"',
  );
  const maxPixels = settings.MAX_IMAGE_PIXELS;
  const part = form.get('mask');
  if ((part === null) === (mask === undefined)) {
    malformed('body: must have the mask once, as the part "mask" or as run lengths in the part "annotation"');
  }
  if (typeOf(form.get('image')) === DICOM) {
    const { readDicomAnnotation } = await import('./read-dicom-annotation.ts');
    const sent = await bytes(form.get('image'), 'image');
    const outline = await dicomOutline(part, mask, maxPixels);
    const input = await releaseInput();
    const kept = await readDicomAnnotation(sent, outline, annotation.persona, hospital, input, services);
    return { ...annotation, ...kept, group: annotation.group ?? kept.group };
  }
  const image = decodeImage(await bytes(form.get('image'), 'image'), { name: 'part "image"', maxPixels });
  const outline =
    part === null
      ? runLengthMask(mask as NonNullable<typeof mask>, image)
      : pictureMask(decodeImage(await bytes(part, 'mask'), { name: 'part "mask"', maxPixels }));
  return { ...annotation, image, outline: fitting(outline, image) };
}

/** The outline of a DICOM image: an object about it, or pixels of its size. */
async function dicomOutline(
  part: FormDataEntryValue | null,
  mask: AnnotationPart['mask'],
  maxPixels: number,
): Promise<DicomOutline> {
  if (part === null) {
    return { mask: (height, width) => runLengthMask(mask as NonNullable<typeof mask>, { height, width }) };
  }
  const sent = await bytes(part, 'mask');
  if (typeOf(part) === DICOM) return { object: sent };
  const picture = pictureMask(decodeImage(sent, { name: 'part "mask"', maxPixels }));
  return { mask: (height, width) => fitting(picture, { height, width }) };
}

function typeOf(part: FormDataEntryValue | null): string {
  return part === null || typeof part === 'string' ? '' : essence(part.type);
}

function readCaseAnnotation(
  body: Uint8Array,
  hospital: string,
  { cases }: Pick<Services, 'cases'>,
): SentAnnotation {
  const {
    case: id,
    mask,
    ...annotation
  } = check(caseAnnotationSchema, new TextDecoder().decode(body), 'body');
  const found = cases.get(parseCaseId(id).digest);
  // Of a DICOM image the case keeps a picture for people, not the values that are learnt from.
  if (found?.hospital !== hospital || found.image === undefined || found.pixels !== undefined) {
    throw new ProblemError(
      'unknown-case',
      'case: is not known here, or its image is kept no more. Send the image.',
    );
  }
  return { ...annotation, image: found.image, outline: runLengthMask(mask, found.image) };
}

function runLengthMask(mask: NonNullable<AnnotationPart['mask']>, image: Size): Mask {
  const [height, width] = mask.size;
  // Before it is decoded, which takes the memory that the size says.
  fitting({ height, width }, image);
  try {
    return decodeRunLengths(mask, 'mask');
  } catch {
    return malformed('mask: is not COCO run lengths of its size. Send counts down the columns');
  }
}

/** The one value of a mask picture that is not 0 is the outline. */
function pictureMask({ height, width, channels, data }: Image8or16): Mask {
  if (channels !== 1) malformed('part "mask": has colours. Send a grey PNG with 0 outside and 255 inside');
  const inside = data.find((value) => value !== 0) ?? 255;
  if (data.some((value) => value !== 0 && value !== inside)) {
    malformed('part "mask": has more than two values. Send a grey PNG with 0 outside and 255 inside');
  }
  return { height, width, data: mapToBytes(data, (value) => (value === 0 ? 0 : 1)) };
}

function fitting<T extends Size>(mask: T, image: Size): T {
  if (mask.height === image.height && mask.width === image.width) return mask;
  const problem = `mask: is ${mask.width} × ${mask.height} pixels, its image ${image.width} × ${image.height}`;
  throw new ProblemError('unreadable-image', `${problem}. Send the outline on the image's own pixels.`);
}

function check<T extends z.ZodType>(schema: T, json: string, name: string): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    malformed(`${name}: is not JSON. Send one JSON object`);
  }
  const checked = schema.safeParse(value);
  if (!checked.success) throw schemaProblem(name, checked.error);
  return checked.data;
}

async function text(part: FormDataEntryValue | null): Promise<string> {
  if (part === null) return malformed('body: lacks the part "annotation". Say whose outline it is');
  return typeof part === 'string' ? part : part.text();
}

async function bytes(part: FormDataEntryValue | null, name: string): Promise<Uint8Array> {
  if (part === null || typeof part === 'string')
    return malformed(`part "${name}": must be a file. Send the picture`);
  return new Uint8Array(await part.arrayBuffer());
}

function malformed(problem: string): never {
  throw new ProblemError('malformed-request', `${problem}.`);
}
