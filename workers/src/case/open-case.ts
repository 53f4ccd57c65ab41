import { DEFAULT_SEED } from '@d-persona/shared/contract/options.ts';
import type { RegionOption } from '@d-persona/shared/contract/region.ts';
import type { Encoding } from '@d-persona/shared/engine/engine.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import { defaultCrop } from '@d-persona/shared/mask/frame.ts';
import { type Crop, cropOfRegion, modelInput, type Size } from '@d-persona/shared/mask/region.ts';
import type { Model } from '../engine/model.ts';
import type { SentCase, SentImage } from '../input/request-content.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { Settings } from '../settings.ts';
import type { CaseCache, KeptCase } from './case-cache.ts';
import { caseDigest, caseId, parseCaseId } from './case-id.ts';
import { PromptCache } from './prompt-cache.ts';

/** A case in the hands of a request. */
export interface OpenCase extends KeptCase {
  readonly id: string;
  readonly seed: number;
  readonly expires: number;
}

export interface CaseOptions {
  readonly region?: RegionOption | undefined;
  readonly frame?: number | undefined;
  readonly seed?: number | undefined;
}

export interface CaseContext {
  readonly hospital: string;
  readonly model: Model;
  readonly cases: CaseCache;
  readonly settings: Settings;
}

/** Below this, there is nothing to segment. */
const MIN_SIDE = 8;
/** Pictures up to this many bytes are kept for overlays. */
const MAX_PICTURE_BYTES = 2 ** 20;

/**
 * The case of an image or of an id. An image that was seen before is not run through the encoder again.
 *
 * @throws ProblemError 404 for a case that is not kept (any more), 4xx for an image or a region that cannot be used
 */
export function openCase(
  subject: SentImage | SentCase,
  options: CaseOptions,
  context: CaseContext,
): Promise<OpenCase> {
  return subject.kind === 'case'
    ? Promise.resolve(knownCase(subject, options, context))
    : caseOfImage(subject, options, context);
}

function knownCase({ id }: SentCase, { region, frame, seed }: CaseOptions, context: CaseContext): OpenCase {
  if (region !== undefined || frame !== undefined) {
    throw new ProblemError(
      'malformed-request',
      'region, frame: belong to an image, and a case has them already. Leave them out, or send the image.',
    );
  }
  const { digest, seed: ownSeed } = parseCaseId(id);
  const found = context.cases.get(digest);
  if (found?.hospital !== context.hospital || found.release !== context.model.hash) {
    throw new ProblemError('unknown-case', 'case: is not known here, or no more. Send the image again.');
  }
  const usedSeed = seed ?? ownSeed;
  return { ...found, id: caseId(digest, usedSeed), seed: usedSeed };
}

async function caseOfImage(sent: SentImage, options: CaseOptions, context: CaseContext): Promise<OpenCase> {
  const { hospital, model, cases } = context;
  const image = readImage(sent, options.frame, context.settings);
  const crop = checkedCrop(image, options.region, model, context.settings);
  const digest = await caseDigest({ hospital, release: model.hash, image, crop });
  const known = cases.get(digest);
  const encoding = known?.encoding ?? encodeCrop(image, crop, model);
  const prompts = known?.prompts ?? new PromptCache();
  const seed = options.seed ?? DEFAULT_SEED;
  const size = { height: image.height, width: image.width };
  const kept = { hospital, release: model.hash, size, crop, encoding, prompts };
  const picture = image.data.byteLength <= MAX_PICTURE_BYTES ? image : undefined;
  const { expires } = cases.put(digest, { ...kept, image: picture });
  return { ...kept, image, id: caseId(digest, seed), seed, expires };
}

function readImage(
  { bytes, mediaType, name }: SentImage,
  frame: number | undefined,
  settings: Settings,
): Image8or16 {
  if (frame !== undefined && frame !== 1) {
    throw new ProblemError('unreadable-image', `frame: ${name} has one frame, number 1. Leave frame out.`);
  }
  const isPng = mediaType === 'image/png';
  const maxPixels = isPng ? settings.MAX_IMAGE_PIXELS : settings.MAX_JPEG_PIXELS;
  // Told by the first bytes: a JPEG must not pass under the larger limit of a PNG.
  if (bytes.length > 1 && isPng !== (bytes[0] === 0x89)) {
    throw new ProblemError(
      'malformed-request',
      `${name}: is not the ${mediaType} that its content type says. Correct the one or the other.`,
    );
  }
  return decodeImage(bytes, { name, maxPixels, minSide: MIN_SIDE });
}

function checkedCrop(
  image: Size,
  region: RegionOption | undefined,
  { manifest, inputSize }: Model,
  settings: Settings,
): Crop {
  const crop =
    region === undefined
      ? defaultCrop(manifest.input.frame, image, inputSize)
      : cropOfRegion(image, region, inputSize);
  if (crop.width * crop.height > settings.MAX_IMAGE_PIXELS) {
    throw new ProblemError(
      'unreadable-image',
      `region: has more than ${settings.MAX_IMAGE_PIXELS} pixels. Ask for a smaller one.`,
    );
  }
  return crop;
}

function encodeCrop(image: Image8or16, crop: Crop, { engine, manifest, inputSize }: Model): Encoding {
  const { channels } = manifest.architecture;
  if (channels !== 1 && channels !== 3) {
    throw new ProblemError(
      'unreadable-image',
      `body: has 1 or 3 channels, where the release reads ${channels}. Ask a hospital whose release reads pictures.`,
    );
  }
  return engine.encode(modelInput(image, crop, inputSize, channels), inputSize);
}
