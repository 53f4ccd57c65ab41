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
 * Which method, and whether its filters are prepared once or at each use. From times in workerd: where there are few
 * tiles, reading filters is the cost, and F(2×2) has less than half of them; where there are many tiles, preparing
 * large filters at each use costs a few percent and saves three quarters of their memory.
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
  if (bytes > LARGE && tiles < FEW_TILES) return { method: 'winograd2', prepared: true };
  const atUse = (bytes > LARGE && tiles >= MANY_TILES) || (bytes > MEDIUM && tiles >= 4 * MANY_TILES);
  return { method: 'winograd4', prepared: !atUse };
}

const LARGE = 2 ** 21;
const MEDIUM = 2 ** 17;
const FEW_TILES = 16;
const MANY_TILES = 64;

export const MEASURED: Tuning = { groupBytes: 12 * 2 ** 20, wholeStageBytes: 3 * 2 ** 20, chooseMethod };
