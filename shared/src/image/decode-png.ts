import { checkDimensions, type ImageLimits } from './image-limits.ts';
import { brokenImage } from './image-problem.ts';
import type { Image8or16 } from './image8or16.ts';
import { inflateExactly } from './inflate-exactly.ts';
import {
  GREY,
  GREY_ALPHA,
  PALETTE,
  type PngHeader,
  RGB,
  readPngChunks,
  readPngHeader,
} from './png-chunks.ts';
import { type Pass, pngPasses, scanlineBytes, unfilter } from './png-scanlines.ts';

/**
 * Decodes a PNG (W3C Portable Network Graphics, third edition): grey, colour and palette, 1 to 16 bits, interlaced or
 * not. We do not use a PNG library to decode because none at hand bounds what the file may inflate to.
 *
 * - 1, 2 and 4 bits are scaled to 8 (`v · 255 / (2^bits − 1)`); 16 bits stay 16.
 * - A palette becomes RGB, or grey if all its colours are grey.
 * - Alpha is dropped, not composited: the colours come out as stored. So is the transparency of a palette.
 * - Gamma and colour profiles are ignored, and of an animation only the still picture is read.
 *
 * @throws InputError `broken-image`, `unsupported-image`, `image-too-large`, `image-too-small`.
 */
export function decodePng(bytes: Uint8Array, name: string, limits: ImageLimits): Image8or16 {
  const header = readPngHeader(bytes, name);
  const { width, height, depth, colourType } = header;
  checkDimensions(height, width, name, limits);
  const { palette, compressed } = readPngChunks(bytes, name);
  if (compressed.length === 0) throw brokenImage(name, 'is a PNG without pixels');

  const stored = samplesPerPixel(header);
  const passes = pngPasses(width, height, depth * stored, header.interlaced);
  const greyPalette = isGreyPalette(palette);
  const channels =
    colourType === GREY || colourType === GREY_ALPHA || (colourType === PALETTE && greyPalette) ? 1 : 3;
  const samples = height * width * channels;
  limits.admit?.(scanlineBytes(passes) + (depth === 16 ? 2 : 1) * samples, header);
  const raw = inflateExactly(compressed, scanlineBytes(passes), name);
  const data = depth === 16 ? new Uint16Array(samples) : new Uint8Array(samples);

  let start = 0;
  for (const pass of passes) {
    unfilter(raw, start, pass, Math.max(1, (depth * stored) >> 3), name);
    if (colourType === PALETTE) {
      lookUp(raw, start, pass, depth, palette, data, width, channels, name);
    } else {
      unpack(raw, start, pass, depth, stored, data, width, channels);
    }
    start += pass.height * (1 + pass.rowBytes);
  }
  return { height, width, channels, bitDepth: depth === 16 ? 16 : 8, data };
}

function samplesPerPixel({ colourType }: PngHeader): number {
  if (colourType === GREY || colourType === PALETTE) return 1;
  if (colourType === GREY_ALPHA) return 2;
  return colourType === RGB ? 3 : 4;
}

function isGreyPalette(palette: Uint8Array): boolean {
  for (let i = 0; i + 2 < palette.length; i += 3) {
    if (palette[i] !== palette[i + 1] || palette[i] !== palette[i + 2]) return false;
  }
  return true;
}

/** The sample at index `i` of the row that begins at `at`, for 1, 2, 4 or 8 bits: high bits first. */
function sample(raw: Uint8Array, at: number, i: number, depth: number): number {
  if (depth === 8) return raw[at + i] as number;
  const bit = i * depth;
  return ((raw[at + (bit >> 3)] as number) >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

function unpack(
  raw: Uint8Array,
  start: number,
  pass: Pass,
  depth: number,
  stored: number,
  data: Uint8Array | Uint16Array,
  width: number,
  channels: number,
): void {
  const scale = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  for (let row = 0; row < pass.height; row++) {
    const at = start + row * (1 + pass.rowBytes) + 1;
    const line = (pass.y + row * pass.dy) * width;
    for (let column = 0; column < pass.width; column++) {
      const to = (line + pass.x + column * pass.dx) * channels;
      for (let c = 0; c < channels; c++) {
        const i = column * stored + c;
        data[to + c] =
          depth === 16
            ? ((raw[at + 2 * i] as number) << 8) | (raw[at + 2 * i + 1] as number)
            : sample(raw, at, i, depth) * scale;
      }
    }
  }
}

function lookUp(
  raw: Uint8Array,
  start: number,
  pass: Pass,
  depth: number,
  palette: Uint8Array,
  data: Uint8Array | Uint16Array,
  width: number,
  channels: number,
  name: string,
): void {
  for (let row = 0; row < pass.height; row++) {
    const at = start + row * (1 + pass.rowBytes) + 1;
    const line = (pass.y + row * pass.dy) * width;
    for (let column = 0; column < pass.width; column++) {
      const entry = 3 * sample(raw, at, column, depth);
      if (entry + 2 >= palette.length) throw brokenImage(name, 'is a PNG with a colour outside its palette');
      const to = (line + pass.x + column * pass.dx) * channels;
      for (let c = 0; c < channels; c++) data[to + c] = palette[entry + c] as number;
    }
  }
}
