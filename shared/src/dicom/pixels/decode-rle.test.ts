import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joined } from '../encode.fixtures.ts';
import { decodeRlePlanes } from './decode-rle.ts';

/** A segment by runs where they are, else literally (PS3.5 G.3.1). */
function pack(plane: readonly number[]): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  for (let at = 0; at < plane.length; ) {
    let run = 1;
    while (run < 128 && plane[at + run] === plane[at]) run++;
    if (run > 1) {
      out.push(257 - run, plane[at] as number);
      at += run;
    } else {
      out.push(0, plane[at] as number);
      at += 1;
    }
  }
  if (out.length % 2 === 1) out.push(0x80);
  return Uint8Array.from(out);
}

function frameOf(planes: readonly (readonly number[])[]): Uint8Array {
  const segments = planes.map(pack);
  const header = new DataView(new ArrayBuffer(64));
  header.setUint32(0, planes.length, true);
  let offset = 64;
  segments.forEach((segment, i) => {
    header.setUint32(4 + 4 * i, offset, true);
    offset += segment.length;
  });
  return joined([new Uint8Array(header.buffer), ...segments]);
}

const byte = fc.oneof(fc.constant(0), fc.nat(255));
const planes = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 300 }))
  .chain(([count, pixels]) =>
    fc.array(fc.array(byte, { minLength: pixels, maxLength: pixels }), {
      minLength: count,
      maxLength: count,
    }),
  );

it('comes back', () => {
  fc.assert(
    fc.property(planes, (written) => {
      const decoded = decodeRlePlanes(frameOf(written), written.length, written[0]?.length ?? 0);
      expect([...(decoded as Uint8Array)]).toEqual(written.flat());
    }),
  );
});

it('says what is wrong with a frame', () => {
  const frame = frameOf([[1, 2, 3]]);
  expect(decodeRlePlanes(frame.subarray(0, 60), 1, 3)).toMatch(/shorter than its RLE header/);
  expect(decodeRlePlanes(frame, 2, 3)).toMatch(/2 segments/);
  expect(decodeRlePlanes(frame, 1, 4)).toMatch(/ends before/);
  const outside = frame.slice();
  outside[4] = 200;
  expect(decodeRlePlanes(outside, 1, 3)).toMatch(/outside its frame/);
});
