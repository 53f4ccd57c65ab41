import { imageProblem } from './image-problem.ts';

/** What a caller is willing to decode. Checked against the header, before anything large is allocated. */
export interface ImageLimits {
  /** Most pixels (height × width). */
  readonly maxPixels: number;
  /** Most bytes of the encoded file. */
  readonly maxBytes?: number;
  /** Fewest pixels a side, both ways; 1 if not given. */
  readonly minSide?: number;
  /** Told how many bytes decoding takes beside the file, before it takes them; may throw. */
  readonly admit?: (bytes: number, size: { readonly height: number; readonly width: number }) => void;
}

/** @throws InputError `empty-body` or `body-too-large`. */
export function checkByteLength(bytes: Uint8Array, name: string, { maxBytes }: ImageLimits): void {
  if (bytes.length === 0) {
    throw imageProblem('empty-body', name, 'is empty (0 bytes)', 'Send a PNG or JPEG image');
  }
  if (maxBytes !== undefined && bytes.length > maxBytes) {
    const problem = `has ${bytes.length} bytes, more than the limit of ${maxBytes}`;
    throw imageProblem('body-too-large', name, problem, 'Crop the image, or compress it better');
  }
}

/** @throws InputError `image-too-large` or `image-too-small`. */
export function checkDimensions(height: number, width: number, name: string, limits: ImageLimits): void {
  const { maxPixels, minSide = 1 } = limits;
  if (height * width > maxPixels) {
    const problem = `is ${width} × ${height} pixels, more than the limit of ${maxPixels} pixels in all`;
    throw imageProblem(
      'image-too-large',
      name,
      problem,
      'Crop the image to the region of interest, or shrink it',
    );
  }
  if (Math.min(height, width) < minSide) {
    const problem = `is ${width} × ${height} pixels, less than ${minSide} a side`;
    throw imageProblem('image-too-small', name, problem, 'Send the whole image');
  }
}
