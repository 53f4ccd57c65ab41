import { type Method, preparedBytes } from './filters.ts';

/** What measurement decides. */
export interface Tuning {
  /** The heads of so many personas run together as have room in this. */
  readonly groupBytes: number;
  /** Up to so many bytes, the heads' first stage is computed as a whole, beyond in bands. */
  readonly wholeStageBytes: number;
  readonly chooseMethod: typeof chooseMethod;
}

/**
 * Which method, and whether its filters are prepared once or at each use. Where there are few tiles, reading filters
 * is the cost, and F(2×2) has less than half of them. Preparing the largest filters at each use costs a twentieth of
 * an image of 128 × 128, less of larger ones, and saves half of a release's memory: a new release must fit into an
 * isolate beside the old one.
 *
 * @param height, width of the output
 */
export function chooseMethod(
  depth: number,
  n: number,
  height: number,
  width: number,
): { method: Method; prepared: boolean } {
  const tiles = Math.ceil(height / 4) * Math.ceil(width / 4);
  const bytes = preparedBytes('winograd4', depth, n);
  const limit = AT_USE.find((row) => tiles >= row.tiles)?.bytes ?? 0;
  return {
    method: bytes > MEBIBYTE * 2 && tiles < FEW_TILES ? 'winograd2' : 'winograd4',
    prepared: bytes <= limit,
  };
}

const MEBIBYTE = 2 ** 20;
const FEW_TILES = 16;
/** From so many tiles on, filters of more than so many bytes are prepared at each use. */
const AT_USE = [
  { tiles: 256, bytes: MEBIBYTE / 8 },
  { tiles: 64, bytes: 2 * MEBIBYTE },
  { tiles: 0, bytes: 4 * MEBIBYTE },
];

export const MEASURED: Tuning = { groupBytes: 12 * 2 ** 20, wholeStageBytes: 3 * 2 ** 20, chooseMethod };
