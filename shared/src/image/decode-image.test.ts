import fc from 'fast-check';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { crc32 } from './crc32.ts';
import { FIXTURES } from './decode-image.fixtures.ts';
import { decodeImage } from './decode-image.ts';
import { encodePng } from './encode-png.ts';
import { buildPng } from './png-builder.fixtures.ts';

const options = { name: 'scan.png', maxPixels: 1_000_000 };
const fixture = (name: keyof typeof FIXTURES) => new Uint8Array(Buffer.from(FIXTURES[name], 'base64'));

/** The pixels of a 13 × 11 picture given by a formula. */
function picture(pixel: (x: number, y: number) => number[]): number[] {
  return Array.from({ length: 13 * 11 }, (_, i) => pixel(i % 13, Math.floor(i / 13))).flat();
}

function codeOf(bytes: Uint8Array, more: object = {}): string {
  try {
    decodeImage(bytes, { ...options, ...more });
  } catch (error) {
    if (error instanceof InputError) {
      expect(error.message).toContain('scan.png');
      return error.code;
    }
    throw error;
  }
  return 'decoded';
}

describe('PNG written by libpng', () => {
  const rgb = picture((x, y) => [(x * 19) & 255, (y * 23) & 255, (x * y * 7) & 255]);

  it('reads interlaced colour', () => {
    const image = decodeImage(fixture('rgbInterlaced'), options);
    expect([image.height, image.width, image.channels, image.bitDepth]).toEqual([11, 13, 3, 8]);
    expect([...image.data]).toEqual(rgb);
  });

  it('drops alpha and keeps the colours as stored', () => {
    expect([...decodeImage(fixture('rgbaFiltered'), options).data]).toEqual(rgb);
  });

  it('reads an interlaced palette of 2 bits', () => {
    const colours = [
      [255, 0, 0],
      [0, 200, 0],
      [0, 0, 90],
      [240, 240, 10],
    ];
    const image = decodeImage(fixture('palette2BitsInterlaced'), options);
    expect([...image.data]).toEqual(picture((x, y) => colours[(x * 3 + y) % 4] as number[]));
  });

  it('reads a palette of greys as grey', () => {
    const image = decodeImage(fixture('greyPalette'), options);
    expect(image.channels).toBe(1);
    expect([...image.data]).toEqual(picture((x, y) => [85 * ((x + 2 * y) % 4)]));
  });

  it('keeps 16 bits', () => {
    const image = decodeImage(fixture('grey16'), options);
    expect(image.bitDepth).toBe(16);
    expect([...image.data]).toEqual(picture((x, y) => [451 * (13 * y + x)]));
  });
});

describe('PNG of few bits', () => {
  it('scales 1 bit to 0 and 255', () => {
    const png = buildPng({ width: 10, height: 1, depth: 1, rows: Uint8Array.of(0, 0b10110000, 0b01000000) });
    expect([...decodeImage(png, options).data]).toEqual([255, 0, 255, 255, 0, 0, 0, 0, 0, 255]);
  });

  it('scales 4 bits by 17', () => {
    const png = buildPng({ width: 3, height: 1, depth: 4, rows: Uint8Array.of(0, 0x0f, 0x70) });
    expect([...decodeImage(png, options).data]).toEqual([0, 255, 119]);
  });

  it('refuses an index outside the palette', () => {
    const chunks = [['PLTE', Uint8Array.of(1, 2, 3)]] as const;
    const png = buildPng({ width: 2, height: 1, colourType: 3, chunks, rows: Uint8Array.of(0, 0, 1) });
    expect(codeOf(png)).toBe('broken-image');
  });
});

describe('PNG written by fast-png', () => {
  const anyImage = fc
    .record({
      width: fc.integer({ min: 1, max: 20 }),
      height: fc.integer({ min: 1, max: 20 }),
      stored: fc.constantFrom(1, 2, 3, 4),
      depth: fc.constantFrom<(8 | 16)[]>(8, 16),
      interlace: fc.constantFrom<('null' | 'Adam7')[]>('null', 'Adam7'),
      seed: fc.integer({ min: 1, max: 65535 }),
    })
    .map((plan) => {
      const samples = plan.width * plan.height * plan.stored;
      const values = Array.from(
        { length: samples },
        (_, i) => Math.imul(plan.seed, i + 7) & (2 ** plan.depth - 1),
      );
      return { ...plan, data: plan.depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values) };
    });

  it('comes back, whatever its size, depth and channels', () => {
    fc.assert(
      fc.property(anyImage, ({ width, height, stored, depth, interlace, data }) => {
        const png = encode({ width, height, channels: stored, depth, data }, { interlace });
        const image = decodeImage(png, options);
        const kept = stored < 3 ? 1 : 3;
        expect([image.height, image.width, image.channels, image.bitDepth]).toEqual([
          height,
          width,
          kept,
          depth,
        ]);
        expect([...image.data]).toEqual([...data].filter((_, i) => i % stored < kept));
      }),
      { numRuns: 60 },
    );
  });

  it('comes back from our encoder', () => {
    const data = Uint8Array.from({ length: 5 * 4 * 3 }, (_, i) => i * 4);
    const image = decodeImage(encodePng({ height: 4, width: 5, channels: 3, data }), options);
    expect(image).toEqual({ height: 4, width: 5, channels: 3, bitDepth: 8, data });
  });
});

describe('JPEG written by libjpeg', () => {
  const meanDifference = (a: ArrayLike<number>, b: readonly number[]) =>
    b.reduce((sum, value, i) => sum + Math.abs(value - (a[i] as number)), 0) / b.length;
  const colour = picture((x, y) => [100 + 8 * x, 60 + 10 * y, 150 - 4 * x - 3 * y]);

  it('reads colour', () => {
    const image = decodeImage(fixture('jpegColour'), options);
    expect([image.height, image.width, image.channels, image.bitDepth]).toEqual([11, 13, 3, 8]);
    expect(meanDifference(image.data, colour)).toBeLessThan(2);
  });

  it('reads progressive colour with subsampled chroma', () => {
    const image = decodeImage(fixture('jpegProgressive420'), options);
    expect(meanDifference(image.data, colour)).toBeLessThan(6);
  });

  it('reads grey as one channel', () => {
    const image = decodeImage(fixture('jpegGrey'), options);
    expect(image.channels).toBe(1);
    expect(
      meanDifference(
        image.data,
        picture((x, y) => [40 + 9 * x + 7 * y]),
      ),
    ).toBeLessThan(1.5);
  });

  it('refuses four inks', () => expect(codeOf(fixture('jpegCmyk'))).toBe('unsupported-image'));

  it('checks the size in the header', () => {
    expect(codeOf(fixture('jpegColour'), { maxPixels: 142 })).toBe('image-too-large');
  });
});

describe('what is refused', () => {
  it('nothing at all', () => expect(codeOf(new Uint8Array(0))).toBe('empty-body'));

  it('too many bytes', () => expect(codeOf(fixture('jpegGrey'), { maxBytes: 100 })).toBe('body-too-large'));

  it('something else, and says what', () => {
    const gif = new TextEncoder().encode('GIF89a and so on');
    expect(() => decodeImage(gif, options)).toThrow('scan.png: is a GIF, not a PNG or JPEG');
    expect(codeOf(gif)).toBe('not-an-image');
    expect(codeOf(Uint8Array.of(0x89))).toBe('not-an-image');
  });

  it('20,000 × 20,000 pixels, from the header alone', () => {
    const headerOnly = buildPng({ width: 20_000, height: 20_000 }).subarray(0, 33);
    expect(codeOf(headerOnly)).toBe('image-too-large');
  });

  it('1 × 1 where a caller needs more', () => {
    const png = encodePng({ height: 1, width: 1, channels: 1, data: Uint8Array.of(7) });
    expect(codeOf(png)).toBe('decoded');
    expect(codeOf(png, { minSide: 8 })).toBe('image-too-small');
  });

  it('a PNG that inflates beyond its header, without allocating what it inflates to', () => {
    const bomb = buildPng({ width: 8, height: 8, rows: new Uint8Array(50_000_000) });
    expect(bomb.length).toBeLessThan(60_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(codeOf(bomb)).toBe('broken-image');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(25_000_000);
  });

  it('a colour profile is not inflated', () => {
    const iccp = ['iCCP', Uint8Array.of(65, 0, 0, 1, 2, 3)] as const;
    expect(codeOf(buildPng({ width: 1, height: 1, rows: Uint8Array.of(0, 9), chunks: [iccp] }))).toBe(
      'decoded',
    );
  });

  it.each([
    ['no width', { width: 0, height: 4 }],
    ['an impossible depth', { width: 1, height: 1, depth: 3 }],
    ['an impossible colour type', { width: 1, height: 1, colourType: 5 }],
    ['too few pixels', { width: 2, height: 1, rows: Uint8Array.of(0, 9) }],
    ['an unknown filter', { width: 1, height: 1, rows: Uint8Array.of(5, 9) }],
  ])('a PNG with %s', (_, plan) => expect(codeOf(buildPng(plan))).toBe('broken-image'));

  it('a file cut off anywhere', () => {
    const names: (keyof typeof FIXTURES)[] = ['rgbInterlaced', 'grey16', 'jpegColour', 'jpegProgressive420'];
    for (const name of names) {
      const bytes = fixture(name);
      for (let length = 8; length < bytes.length; length++) {
        expect(codeOf(bytes.subarray(0, length)), `${name} cut to ${length}`).toBe('broken-image');
      }
    }
  });

  it('a PNG with any byte altered, unless the byte does not bear on the pixels', () => {
    const bytes = fixture('rgbInterlaced');
    const { data } = decodeImage(bytes, options);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const altered = bytes.slice();
        altered[at] = (altered[at] as number) ^ flip;
        if (codeOf(altered) === 'decoded') expect(decodeImage(altered, options).data).toEqual(data);
      }),
      { numRuns: 500 },
    );
  });

  it('a JPEG with any bytes altered: either pixels or an InputError, never another error', () => {
    const bytes = fixture('jpegProgressive420');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1 }), (changes) => {
        const altered = bytes.slice();
        for (const [at, value] of changes) altered[at] = value;
        expect(codeOf(altered)).toBeTypeOf('string');
      }),
      { numRuns: 500 },
    );
  });
});

it('crc32 gives the check value of the standard', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});
