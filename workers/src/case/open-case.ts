import { DEFAULT_SEED } from '@d-persona/shared/contract/options.ts';
import type { WasmDecoders } from '@d-persona/shared/dicom/pixels/wasm-decoders.ts';
import type { SourceImage } from '@d-persona/shared/dicom/source-image.ts';
import type { Observed } from '@d-persona/shared/drift/histogram.ts';
import { rangeStatistics, shapeStatistics } from '@d-persona/shared/drift/image-statistics.ts';
import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import { turnedSize } from '@d-persona/shared/mask/turn.ts';
import type { Model } from '../engine/model.ts';
import { DICOM } from '../input/media-type.ts';
import type { SentCase, SentImage } from '../input/request-content.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { Settings } from '../settings.ts';
import type { CaseCache, KeptCase } from './case-cache.ts';
import { caseDigest, caseId, parseCaseId } from './case-id.ts';
import { cropInput, encodeCrop } from './encode-crop.ts';
import { PromptCache } from './prompt-cache.ts';
import { type ImageOptions, seePicture, type Taking } from './see-picture.ts';
import type { SeenImage } from './seen-image.ts';
import { encodingBytes } from './work-bytes.ts';

/** A case in the hands of a request. */
export interface OpenCase extends Omit<KeptCase, 'image'> {
  readonly id: string;
  readonly seed: number;
  readonly expires: number;
  /** The image as a reader sees it; undefined where it was not kept. */
  readonly picture: () => Image8or16 | undefined;
  /** Of a DICOM image that came with this very request: what names the patient is not kept. */
  readonly source: SourceImage | undefined;
  /** What an image is like that was not seen before; nothing of others. */
  readonly observed: Observed;
}

export interface CaseOptions extends ImageOptions {
  readonly seed?: number | undefined;
}

export interface CaseContext extends Taking {
  readonly hospital: string;
  readonly model: Model;
  readonly cases: CaseCache;
  readonly settings: Settings;
  readonly decoders: WasmDecoders;
}

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
  const { image, ...kept } = found;
  return {
    ...kept,
    picture: () => image,
    source: undefined,
    observed: {},
    id: caseId(digest, usedSeed),
    seed: usedSeed,
  };
}

async function caseOfImage(sent: SentImage, options: CaseOptions, context: CaseContext): Promise<OpenCase> {
  const { hospital, model, cases, work } = context;
  const seen = await see(sent, options, context);
  const { image, crop, turn, region, pixels, warnings, source } = seen;
  const digest = await caseDigest({ hospital, release: model.hash, ...seen });
  const known = cases.get(digest);
  const input = known === undefined ? cropInput(seen, model) : undefined;
  if (known === undefined) work.makeRoom(encodingBytes(model), sent.name);
  const encoding = known?.encoding ?? encodeCrop(seen, model, input);
  const observed = input === undefined ? {} : statisticsOf(seen, model, input);
  const prompts = known?.prompts ?? new PromptCache();
  const seed = options.seed ?? DEFAULT_SEED;
  const size = { height: image.height, width: image.width };
  const place = { size, crop, turn, region, pixels, warnings };
  const kept = { hospital, release: model.hash, ...place, encoding, prompts };
  const { expires } = cases.put(digest, { ...kept, image: pictureToKeep(seen) });
  return { ...kept, picture: seen.picture, source, observed, id: caseId(digest, seed), seed, expires };
}

function statisticsOf({ image, crop, turn }: SeenImage, { inputSize, manifest }: Model, data: Float32Array) {
  const { width } = turnedSize(inputSize, turn);
  const { channels } = manifest.architecture;
  return { ...rangeStatistics(image, crop), ...shapeStatistics({ data, width, channels }) };
}

/** DICOM is read by code that is loaded when the first such image comes. */
async function see(sent: SentImage, options: CaseOptions, context: CaseContext): Promise<SeenImage> {
  const { model, settings, decoders } = context;
  if (sent.mediaType !== DICOM) return seePicture(sent, options, model, settings, context);
  const { seeDicom } = await import('../dicom/see-dicom.ts');
  return seeDicom(sent, options, model, settings, decoders, context);
}

/** Not what is too large, and nothing that may show the patient's name. */
function pictureToKeep({ image, warnings, picture }: SeenImage): Image8or16 | undefined {
  if (warnings.includes('burned-in-annotation')) return undefined;
  if (image.height * image.width * image.channels > MAX_PICTURE_BYTES) return undefined;
  const kept = picture();
  return kept.data.byteLength <= MAX_PICTURE_BYTES ? kept : undefined;
}
