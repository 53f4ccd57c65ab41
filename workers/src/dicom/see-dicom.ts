import { cropOfImage, regionOfCrop } from '@d-persona/shared/dicom/geometry/crop.ts';
import type { WasmDecoders } from '@d-persona/shared/dicom/pixels/wasm-decoders.ts';
import {
  type DicomObject,
  type ImageLimits,
  readImage,
  readObject,
} from '@d-persona/shared/dicom/read-image.ts';
import { checkCropSize, MIN_SIDE } from '../case/crop-size.ts';
import type { ImageOptions, Taking } from '../case/see-picture.ts';
import type { SeenImage } from '../case/seen-image.ts';
import { bytesAhead, frameBytes } from '../case/work-bytes.ts';
import type { Model } from '../engine/model.ts';
import type { SentImage } from '../input/request-content.ts';
import type { Settings } from '../settings.ts';

/** What the settings allow of a DICOM object. */
export function dicomLimits(settings: Settings): ImageLimits {
  return {
    maxPixels: settings.MAX_IMAGE_PIXELS,
    maxFrames: settings.MAX_DICOM_FRAMES,
    maxInflatedBytes: settings.MAX_BODY_BYTES,
    minSide: MIN_SIDE,
  };
}

/** A DICOM image as the release looks at it; its first frame unless another is asked for. @throws ProblemError, InputError */
export async function seeDicom(
  { bytes, name }: SentImage,
  options: ImageOptions,
  model: Model,
  settings: Settings,
  decoders: WasmDecoders,
  { work, perPixel }: Taking,
): Promise<SeenImage> {
  const object = readObject(bytes, name, dicomLimits(settings));
  const { layout, transferSyntax } = object;
  const frame = bytes.length / layout.frames;
  const reading = frameBytes(layout, transferSyntax.compression, frame);
  const size = { height: layout.rows, width: layout.columns };
  work.makeRoom(reading + bytesAhead(size, model, perPixel), name);
  work.take(reading, name);
  return seeFrame(object, options, model, settings, decoders);
}

/** A frame of an object whose header was read. What reading takes is the caller's to ask for: see {@link frameBytes}. */
export async function seeFrame(
  object: DicomObject,
  { region, frame }: ImageOptions,
  { manifest, inputSize }: Model,
  settings: Settings,
  decoders: WasmDecoders,
): Promise<SeenImage> {
  const image = await readImage(object, frame ?? 1, manifest.input, decoders);
  const { spacing, frame: looksAt } = manifest.input;
  const crop = cropOfImage(image, region, { input: inputSize, spacing, frame: looksAt });
  checkCropSize(crop, settings);
  const { turn, pixels, warnings, picture, source } = image;
  return {
    image,
    crop,
    turn,
    region: regionOfCrop(crop, image, inputSize),
    pixels,
    warnings,
    picture,
    source,
  };
}
