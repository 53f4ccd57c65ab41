import type { DataSet } from '../dataset.ts';
import type { FrameCells } from '../pixels/decode-frame.ts';
import { type PixelLayout, unusable } from '../pixels/pixel-layout.ts';
import { applyPalette, readPalette } from './palette.ts';
import { storedValues } from './stored-values.ts';

/**
 * Red, green and blue of a frame, 0 to 255 of however many bits: [rows · columns, 3] (PS3.3 C.7.6.3.1.2).
 *
 * @throws InputError `unusable-dicom` for a colour space that only a compression has
 */
export function colourValues(frame: FrameCells, layout: PixelLayout, dataSet: DataSet): Float32Array {
  const { photometric } = frame;
  const values = storedValues(frame.cells, layout);
  if (photometric === 'PALETTE COLOR') return applyPalette(values, readPalette(dataSet, layout.signed));
  const most = 2 ** layout.bitsStored - 1;
  const pixels = layout.rows * layout.columns;
  const full = values.length === 3 * pixels;
  const colour = full ? (frame.planar ? interleave(values) : values) : upsample(values);
  if (photometric !== 'RGB') {
    if (photometric !== 'YBR_FULL' && photometric !== 'YBR_FULL_422') {
      const problem = `is ${photometric}, which is not without JPEG 2000`;
      throw unusable(dataSet.encoding.name, 'PhotometricInterpretation', problem, 'Send RGB or YBR_FULL');
    }
    ybrToRgb(colour, (most + 1) / 2, most);
  }
  if (most !== 255) for (let i = 0; i < colour.length; i++) colour[i] = ((colour[i] as number) * 255) / most;
  return colour;
}

/** From planes to pixels (Planar Configuration, C.7.6.3.1.3). */
function interleave(planes: Float32Array): Float32Array {
  const pixels = planes.length / 3;
  const out = new Float32Array(planes.length);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < pixels; i++) out[3 * i + channel] = planes[channel * pixels + i] as number;
  }
  return out;
}

/** YBR_FULL_422: two pixels are stored as Y, Y, CB, CR and share their colour. */
function upsample(values: Float32Array): Float32Array {
  const pixels = values.length / 2;
  const out = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const pair = 4 * (i >> 1);
    out[3 * i] = values[pair + (i & 1)] as number;
    out[3 * i + 1] = values[pair + 2] as number;
    out[3 * i + 2] = values[pair + 3] as number;
  }
  return out;
}

/** The inverse of the equations of YBR_FULL, in place (ITU-R BT.601). */
function ybrToRgb(colour: Float32Array, middle: number, most: number): void {
  const clamp = (value: number) => Math.min(most, Math.max(0, value));
  for (let i = 0; i < colour.length; i += 3) {
    const y = colour[i] as number;
    const blue = (colour[i + 1] as number) - middle;
    const red = (colour[i + 2] as number) - middle;
    colour[i] = clamp(y + 1.402 * red);
    colour[i + 1] = clamp(y - 0.344136 * blue - 0.714136 * red);
    colour[i + 2] = clamp(y + 1.772 * blue);
  }
}
