import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitPacker, unpackBits } from './bit-packer.ts';

const someBits = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 40 });

describe('packed bits', () => {
  it('begin at the lowest bit and go on across frames', () => {
    const packer = new BitPacker();
    packer.add(Uint8Array.of(1, 0, 0, 0, 0, 1));
    packer.add(Uint8Array.of(1, 0, 1));
    expect([...packer.bytes()]).toEqual([0b01100001, 0b1]);
  });

  it('are unpacked as they went in, wherever a frame begins', () => {
    fc.assert(
      fc.property(fc.array(someBits, { maxLength: 400 }), (frames) => {
        const packer = new BitPacker();
        for (const frame of frames) packer.add(Uint8Array.from(frame));
        const bytes = packer.bytes();
        expect(bytes.length).toBe(Math.ceil(frames.flat().length / 8));
        let start = 0;
        for (const frame of frames) {
          expect([...unpackBits(bytes, start, frame.length)]).toEqual(frame);
          start += frame.length;
        }
      }),
      { numRuns: 50 },
    );
  });
});
