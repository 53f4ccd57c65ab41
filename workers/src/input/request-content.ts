import { caseReferenceSchema } from '@d-persona/shared/contract/cases.ts';
import { ProblemError } from '../problem/problem-error.ts';
import { schemaProblem } from '../problem/schema-problem.ts';
import type { ImageMediaType } from './media-type.ts';
import { essence, IMAGE_MEDIA_TYPES, isImageMediaType, unsupportedMediaType } from './media-type.ts';

/** An image as it was sent. */
export interface SentImage {
  readonly kind: 'image';
  readonly mediaType: ImageMediaType;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How an error names it. */
  readonly name: string;
}

/** A case that an earlier request made. */
export interface SentCase {
  readonly kind: 'case';
  readonly id: string;
}

/** What a body holds: an image or a case, and the options of a multipart body. */
export interface RequestContent {
  readonly subject: SentImage | SentCase;
  /** The JSON of the part `options`, not yet checked. */
  readonly options: unknown;
}

const MULTIPART = 'multipart/form-data';
const JSON_TYPE = 'application/json';

/** The media types a route reads. */
export function acceptedMediaTypes(allowCase: boolean): string[] {
  return [...IMAGE_MEDIA_TYPES, MULTIPART, ...(allowCase ? [JSON_TYPE] : [])];
}

/**
 * Reads a body by its content type.
 *
 * @param allowCase whether `{"case": …}` may stand for the image
 * @throws ProblemError 400 malformed, 415 a media type that is not read
 */
export async function readContent(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  allowCase: boolean,
): Promise<RequestContent> {
  const type = essence(contentType);
  if (isImageMediaType(type)) {
    return { subject: { kind: 'image', mediaType: type, bytes: body, name: 'body' }, options: {} };
  }
  if (type === MULTIPART) return readMultipart(body, contentType);
  if (allowCase && type === JSON_TYPE) return { subject: readCase(body), options: {} };
  throw unsupportedMediaType(type, 'The body', acceptedMediaTypes(allowCase));
}

function readCase(body: Uint8Array<ArrayBuffer>): SentCase {
  const checked = caseReferenceSchema.safeParse(parseJson(new TextDecoder().decode(body), 'body'));
  if (!checked.success) throw schemaProblem('body', checked.error);
  return { kind: 'case', id: checked.data.case };
}

async function readMultipart(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<RequestContent> {
  const form = await parseForm(body, contentType);
  const unknown = [...form.keys()].some((name) => name !== 'image' && name !== 'options');
  if (unknown || form.getAll('image').length !== 1 || form.getAll('options').length > 1) {
    throw new ProblemError(
      'malformed-request',
      'body: must have one part "image", at most one part "options", and no other. Rename or remove the others.',
    );
  }
  return {
    subject: await readImagePart(form.get('image')),
    options: await readOptionsPart(form.get('options')),
  };
}

async function parseForm(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<FormData> {
  try {
    return await new Response(body, { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new ProblemError(
      'malformed-request',
      'body: is not the multipart/form-data that its content type says. Check the boundary and that nothing is cut off.',
    );
  }
}

async function readImagePart(part: FormDataEntryValue | null): Promise<SentImage> {
  if (part === null || typeof part === 'string') {
    throw new ProblemError('malformed-request', 'part "image": is text. Send the image as a file.');
  }
  const type = essence(part.type);
  if (!isImageMediaType(type)) throw unsupportedMediaType(type, 'The part "image"', IMAGE_MEDIA_TYPES);
  return {
    kind: 'image',
    mediaType: type,
    bytes: new Uint8Array(await part.arrayBuffer()),
    name: 'part "image"',
  };
}

async function readOptionsPart(part: FormDataEntryValue | null): Promise<unknown> {
  if (part === null) return {};
  return parseJson(typeof part === 'string' ? part : await part.text(), 'part "options"');
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError('malformed-request', `${name}: is not JSON. Send one JSON object.`);
  }
}
