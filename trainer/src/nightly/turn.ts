/** The eight ways to lay a square on itself: bit 0 mirrors left to right, bit 1 top to bottom, bit 2 over the diagonal. */
export const TURNS = 8;

/** Lays a square raster [side, side, channels] on itself. */
export function turned<T extends Float32Array | Uint8Array>(
  values: T,
  side: number,
  channels: number,
  turn: number,
): T {
  const out = values.slice() as T;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [u, v] = turn & 4 ? [y, x] : [x, y];
      const column = turn & 1 ? side - 1 - u : u;
      const row = turn & 2 ? side - 1 - v : v;
      for (let c = 0; c < channels; c++) {
        out[(y * side + x) * channels + c] = values[(row * side + column) * channels + c] as number;
      }
    }
  }
  return out;
}
