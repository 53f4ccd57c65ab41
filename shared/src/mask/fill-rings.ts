import type { Mask } from './mask.ts';

/**
 * The pixels whose centres lie inside an odd number of rings (even-odd rule): the inverse of a contour. A centre on an
 * outline belongs to the right and lower side of it.
 *
 * @param rings closed lines of [x, y] on the grid of pixel corners, of any numbers; may reach beyond the mask.
 */
export function fillRings(
  rings: readonly (readonly (readonly [x: number, y: number])[])[],
  { height, width }: { height: number; width: number },
): Mask {
  const crossings = Array.from({ length: height }, (): number[] => []);
  for (const ring of rings) {
    ring.forEach(([x0, y0], i) => {
      const [x1, y1] = ring[(i + 1) % ring.length] as readonly [number, number];
      const first = Math.max(0, Math.ceil(Math.min(y0, y1) - 0.5));
      const end = Math.min(height, Math.ceil(Math.max(y0, y1) - 0.5));
      for (let row = first; row < end; row++) {
        crossings[row]?.push(x0 + ((row + 0.5 - y0) / (y1 - y0)) * (x1 - x0));
      }
    });
  }
  const data = new Uint8Array(height * width);
  crossings.forEach((xs, row) => {
    xs.sort((a, b) => a - b);
    for (let i = 0; i + 1 < xs.length; i += 2) {
      const from = Math.max(0, Math.ceil((xs[i] as number) - 0.5));
      const to = Math.min(width, Math.ceil((xs[i + 1] as number) - 0.5));
      if (from < to) data.fill(1, row * width + from, row * width + to);
    }
  });
  return { height, width, data };
}
