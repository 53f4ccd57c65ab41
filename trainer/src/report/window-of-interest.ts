/** A square part of an image, in pixels. */
export interface ImageWindow {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** Pixels that are left around the masks, as a share of their extent, and the least extent that is shown. */
const MARGIN = 0.35;
const LEAST = 24;

/** The part of the image that holds all masks with a margin, so that outlines are seen large; all of it if none is set. */
export function windowOfInterest(masks: readonly Uint8Array[], height: number, width: number): ImageWindow {
  const whole = Math.max(height, width);
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (const mask of masks) {
    for (const [pixel, value] of mask.entries()) {
      if (value === 0) continue;
      const x = pixel % width;
      const y = Math.floor(pixel / width);
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  if (right < 0) return place(width / 2, height / 2, whole, height, width);
  const extent = Math.max(right - left + 1, bottom - top + 1);
  const side = Math.min(whole, Math.max(LEAST, Math.ceil(extent * (1 + 2 * MARGIN))));
  return place((left + right + 1) / 2, (top + bottom + 1) / 2, side, height, width);
}

/** Centres the window, moved inwards at the image's borders; a side longer than the image is centred on it. */
function place(x: number, y: number, side: number, height: number, width: number): ImageWindow {
  const start = (centre: number, length: number) =>
    side >= length
      ? (length - side) / 2
      : Math.min(Math.max(Math.round(centre - side / 2), 0), length - side);
  return { left: start(x, width), top: start(y, height), side };
}
