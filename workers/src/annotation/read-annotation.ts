import {
  type AnnotationPart,
  annotationPartSchema,
  caseAnnotationSchema,
} from '@d-persona/shared/contract/annotations.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import type { Mask } from '@d-persona/shared/mask/mask.ts';
import { decodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import type { z } from 'zod';
import { parseCaseId } from '../case/case-id.ts';
import { essence } from '../input/media-type.ts';
import { ProblemError } from '../problem/problem-error.ts';
import { schemaProblem } from '../problem/schema-problem.ts';
import type { Services } from '../services.ts';

/** A reader's outline of an image, both decoded and of one size. */
export interface SentAnnotation extends Omit<AnnotationPart, 'mask'> {
  readonly image: Image8or16;
  readonly outline: Mask;
}

const PARTS = ['annotation', 'image', 'mask'];

/**
 * Reads the body of an annotation: multipart with an image, or JSON with a case.
 *
 * @throws ProblemError 400 malformed, 404 unknown case, 415, 422 where mask and image do not fit
 */
export async function readAnnotation(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  hospital: string,
  services: Pick<Services, 'cases' | 'settings'>,
): Promise<SentAnnotation> {
  const type = essence(contentType);
  if (type === 'multipart/form-data') return readParts(body, contentType, services);
  if (type === 'application/json') return readCaseAnnotation(body, hospital, services);
  const list = 'multipart/form-data, application/json';
  throw new ProblemError('unsupported-media-type', `body: has another content type. Send ${list}.`, {
    'accept-post': list,
  });
}

async function readParts(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  { settings }: Pick<Services, 'settings'>,
): Promise<SentAnnotation> {
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
  const image = decodeImage(await bytes(form.get('image'), 'image'), { name: 'part "image"', maxPixels });
  const part = form.get('mask');
  if ((part === null) === (mask === undefined)) {
    malformed('body: must have the mask once, as the part "mask" or as run lengths in the part "annotation"');
  }
  const outline =
    part === null
      ? runLengthMask(mask as NonNullable<typeof mask>, image)
      : pictureMask(decodeImage(await bytes(part, 'mask'), { name: 'part "mask"', maxPixels }));
  return { ...annotation, image, outline: fitting(outline, image) };
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
  if (found?.hospital !== hospital || found.image === undefined) {
    throw new ProblemError(
      'unknown-case',
      'case: is not known here, or its image is kept no more. Send the image.',
    );
  }
  return { ...annotation, image: found.image, outline: runLengthMask(mask, found.image) };
}

function runLengthMask(mask: NonNullable<AnnotationPart['mask']>, image: Image8or16): Mask {
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
  return { height, width, data: Uint8Array.from(data, (value) => (value === 0 ? 0 : 1)) };
}

function fitting<T extends { height: number; width: number }>(mask: T, image: Image8or16): T {
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
