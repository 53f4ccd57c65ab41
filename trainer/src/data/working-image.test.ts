import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import { describe, expect, it } from 'vitest';
import { cropOfFrame } from './frame.ts';
import { packMasks, unpackMask } from './mask-bits.ts';
import { croppedMasks, workingImage } from './working-image.ts';

/** Grey = 10 · row + column; rater 0 has the right half, rater 1 nothing. */
function pixels(height: number, width: number) {
  const data = Uint8Array.from(
    { length: height * width },
    (_, i) => 10 * Math.floor(i / width) + (i % width),
  );
  const right = data.map((_, i) => (i % width >= width / 2 ? 1 : 0));
  const image: Image8or16 = { height, width, channels: 1, bitDepth: 8, data };
  return { image, masks: packMasks([right, null], { height, width }) };
}
const centred = (height: number, width: number) => ({ height, width, centroid: { x: 1.2, y: 0.6 } });

describe('workingImage', () => {
  it('copies a central crop with its margin, exactly', () => {
    const w = workingImage(pixels(8, 8), cropOfFrame('crop', centred(8, 8), 4), 4, 1, 1);
    expect([w.top, w.left, w.height, w.width]).toEqual([-1, -1, 6, 6]);
    expect([...w.data.subarray(0, 6)]).toEqual([11, 12, 13, 14, 15, 16]);
    expect([...unpackMask(w.masks, 0).subarray(0, 6)]).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it('keeps no margin where the image ends, and less than the input where it is smaller', () => {
    const w = workingImage(pixels(4, 2), cropOfFrame('crop', centred(4, 2), 4), 4, 3, 1);
    expect([w.top, w.left, w.height, w.width]).toEqual([0, 1, 4, 2]);
    expect([...w.data]).toEqual([0, 1, 10, 11, 20, 21, 30, 31]);
  });

  it('shrinks a whole image in proportion, and pads the shorter side', () => {
    const source = pixels(4, 8);
    const crop = cropOfFrame('whole', centred(4, 8), 4);
    expect(crop).toEqual({ top: -2, left: 0, height: 8, width: 8 });
    const w = workingImage(source, crop, 4, 2, 1);
    expect([w.top, w.left, w.height, w.width]).toEqual([1, 0, 2, 4]);
    expect([...unpackMask(w.masks, 0)]).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
    expect([...unpackMask(croppedMasks(source.masks, crop, 4), 0)].join('')).toBe('0000001100110000');
    // Symmetric about the middle of the ramp 0 … 37, which is 18.5.
    const sum = Array.from(w.data).reduce((a, b) => a + b, 0);
    expect(sum / w.data.length).toBeCloseTo(18.5, 0);
  });

  it('takes the lesion’s surroundings, beyond the image if need be', () => {
    const crop = cropOfFrame('lesion', centred(8, 8), 4);
    expect(crop).toEqual({ top: -1, left: -1, height: 4, width: 4 });
  });

  it('keeps 16 bits', () => {
    const { masks } = pixels(4, 4);
    const data = Uint16Array.from({ length: 16 }, (_, i) => 1000 * i);
    const w = workingImage(
      { image: { height: 4, width: 4, channels: 1, bitDepth: 16, data }, masks },
      cropOfFrame('crop', centred(4, 4), 4),
      4,
      0,
      1,
    );
    expect(w.data).toEqual(data);
  });
});
