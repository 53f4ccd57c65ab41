import { describe, expect, it } from 'vitest';
import { defaultCrop } from './frame.ts';

const input = { height: 64, width: 64 };

describe('defaultCrop', () => {
  it('takes the input size around the centre for a crop release', () => {
    expect(defaultCrop('crop', { height: 100, width: 200 }, input)).toEqual({
      left: 68,
      top: 18,
      width: 64,
      height: 64,
    });
  });

  it('takes a square around the whole image for a whole release, its proportions kept', () => {
    expect(defaultCrop('whole', { height: 100, width: 200 }, input)).toEqual({
      left: 0,
      top: -50,
      width: 200,
      height: 200,
    });
  });

  it('takes an image of the input size as it is, either way', () => {
    for (const frame of ['crop', 'whole'] as const) {
      expect(defaultCrop(frame, input, input)).toEqual({ left: 0, top: 0, width: 64, height: 64 });
    }
  });
});
