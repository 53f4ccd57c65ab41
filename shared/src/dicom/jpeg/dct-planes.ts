import { BrokenJpeg } from './broken-jpeg.ts';
import { inverseDct, ZIGZAG } from './inverse-dct.ts';
import type { FrameHeader, Tables } from './segments.ts';

/** The coefficients of one component. */
export interface Plane {
  /** Blocks that hold pixels: what a scan of this component alone goes over. */
  readonly across: number;
  readonly down: number;
  /** Blocks of a row with those that only fill up the last MCU. */
  readonly stride: number;
  /** 64 of each block, in zigzag order. */
  readonly coefficients: Int16Array;
}

/** Room for the coefficients of all components (T.81, A.1.1 and A.2). */
export function planesOf({ rows, columns, components }: FrameHeader): Plane[] {
  const mostAcross = Math.max(...components.map(({ horizontal }) => horizontal));
  const mostDown = Math.max(...components.map(({ vertical }) => vertical));
  const mcusAcross = Math.ceil(columns / (8 * mostAcross));
  const mcusDown = Math.ceil(rows / (8 * mostDown));
  return components.map(({ horizontal, vertical }) => {
    const stride = mcusAcross * horizontal;
    return {
      across: Math.ceil(Math.ceil((columns * horizontal) / mostAcross) / 8),
      down: Math.ceil(Math.ceil((rows * vertical) / mostDown) / 8),
      stride,
      coefficients: new Int16Array(64 * stride * mcusDown * vertical),
    };
  });
}

/**
 * Samples from coefficients: dequantized, transformed, shifted to be unsigned and clamped (T.81, A.3).
 *
 * @returns [rows, columns, components]
 * @throws BrokenJpeg where a quantization table is missing.
 */
export function samplesOf(frame: FrameHeader, planes: readonly Plane[], tables: Tables): Uint16Array {
  const { rows, columns, components, precision } = frame;
  const samples = components.length;
  const out = new Uint16Array(rows * columns * samples);
  const block = new Int32Array(64);
  const middle = 1 << (precision - 1);
  const most = 2 * middle - 1;
  planes.forEach(({ across, down, stride, coefficients }, c) => {
    const steps = tables.quantization[components[c]?.quantization ?? 0];
    if (steps === undefined) throw new BrokenJpeg('uses a quantization table that it does not have');
    for (let by = 0; by < down; by++) {
      for (let bx = 0; bx < across; bx++) {
        const from = 64 * (by * stride + bx);
        for (let k = 0; k < 64; k++) {
          block[ZIGZAG[k] as number] = (coefficients[from + k] as number) * (steps[k] as number);
        }
        inverseDct(block);
        for (let i = 0; i < 64; i++) {
          const y = 8 * by + (i >> 3);
          const x = 8 * bx + (i & 7);
          if (y >= rows || x >= columns) continue;
          const value = (block[i] as number) + middle;
          out[(y * columns + x) * samples + c] = Math.max(0, Math.min(most, value));
        }
      }
    }
  });
  return out;
}
