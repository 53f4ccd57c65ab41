import { IMAGE_MEDIA_TYPES } from '../input/media-type.ts';

/** A reference to a schema that the app registers under this name. */
function reference(name: string) {
  return { $ref: `#/components/schemas/${name}` };
}

/**
 * The description of a body that holds an image. Its schemas are plain objects, because the body is read, limited and
 * checked by `input/` and not by the router's validators, which know neither a limit nor an image.
 *
 * @param options name of the schema of the part `options`
 * @param allowCase whether a case may stand for the image
 */
export function imageBody(options: string, allowCase: boolean) {
  const image = { type: 'string' as const, format: 'binary' };
  const form = {
    type: 'object' as const,
    properties: { image, options: reference(options) },
    required: ['image'],
    additionalProperties: false,
  };
  const images = Object.fromEntries(IMAGE_MEDIA_TYPES.map((type) => [type, { schema: image }]));
  const encoding = {
    image: { contentType: IMAGE_MEDIA_TYPES.join(', ') },
    options: { contentType: 'application/json' },
  };
  const content = { ...images, 'multipart/form-data': { schema: form, encoding } };
  return {
    required: true,
    description: allowCase ? 'An image, or a case that an earlier request made' : 'An image',
    content: allowCase ? { ...content, 'application/json': { schema: reference('CaseReference') } } : content,
  };
}
