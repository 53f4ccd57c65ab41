/** A binary mask: 0 or 1 a pixel, row by row. */
export interface Mask {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/**
 * The pixels whose probability is at least the threshold: with 0.5, those whose logit is not negative.
 *
 * @param probability [height · width], row by row.
 * @param data takes the mask; memory of its own if absent
 */
export function thresholdMask(
  probability: Float32Array,
  { height, width }: { height: number; width: number },
  threshold: number,
  data = new Uint8Array(height * width),
): Mask {
  for (let i = 0; i < data.length; i++) data[i] = (probability[i] as number) >= threshold ? 1 : 0;
  return { height, width, data };
}

/** Pixels of the mask. */
export function maskArea({ data }: Mask): number {
  let area = 0;
  for (let i = 0; i < data.length; i++) area += data[i] as number;
  return area;
}

/** COCO's `[x, y, width, height]` in pixels: the smallest box around the mask; all zeros for an empty mask. */
export function maskBox({ height, width, data }: Mask): [x: number, y: number, w: number, h: number] {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!data[y * width + x]) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? [0, 0, 0, 0] : [left, top, right - left + 1, bottom - top + 1];
}
