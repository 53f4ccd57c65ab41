import { brokenImage } from './image-problem.ts';

/** A part of the picture that is stored as consecutive rows: the whole, or one of Adam7's seven. */
export interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
  /** Bytes of a row, without its filter byte. */
  readonly rowBytes: number;
}

/** Start and step of Adam7's passes (PNG specification, 8.2): x, y, dx, dy. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The non-empty passes of a picture. `bitsPerPixel` = bit depth × samples a pixel. */
export function pngPasses(width: number, height: number, bitsPerPixel: number, interlaced: boolean): Pass[] {
  return (interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const))
    .map(([x, y, dx, dy]) => {
      const passWidth = Math.ceil((width - x) / dx);
      const passHeight = Math.ceil((height - y) / dy);
      return {
        x,
        y,
        dx,
        dy,
        width: passWidth,
        height: passHeight,
        rowBytes: Math.ceil((passWidth * bitsPerPixel) / 8),
      };
    })
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Bytes that the passes take when inflated: each row has one filter byte before it. */
export function scanlineBytes(passes: readonly Pass[]): number {
  return passes.reduce((sum, { height, rowBytes }) => sum + height * (1 + rowBytes), 0);
}

/**
 * Undoes PNG's row filters in place (PNG specification, 9.2). `start` is where the pass begins in `raw`.
 * @param step bytes of a whole pixel, at least 1: how far left a filter looks.
 */
export function unfilter(raw: Uint8Array, start: number, pass: Pass, step: number, name: string): void {
  const { height, rowBytes } = pass;
  for (let row = 0; row < height; row++) {
    const at = start + row * (1 + rowBytes) + 1;
    const above = at - 1 - rowBytes;
    const kind = raw[at - 1] as number;
    if (kind > 4) throw brokenImage(name, 'is a PNG with an unknown row filter');
    if (kind === 0) continue;
    for (let i = 0; i < rowBytes; i++) {
      const a = i >= step ? (raw[at + i - step] as number) : 0;
      const b = row > 0 ? (raw[above + i] as number) : 0;
      const c = i >= step && row > 0 ? (raw[above + i - step] as number) : 0;
      const predicted = kind === 1 ? a : kind === 2 ? b : kind === 3 ? (a + b) >> 1 : paeth(a, b, c);
      raw[at + i] = (raw[at + i] as number) + predicted;
    }
  }
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const pa = Math.abs(p - a);
  const pb = Math.abs(p - b);
  const pc = Math.abs(p - c);
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}
