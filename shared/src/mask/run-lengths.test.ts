import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressCounts, expandCounts } from './compressed-counts.ts';
import { maskOf, someMask } from './mask.fixtures.ts';
import { decodeRunLengths, encodeRunLengths } from './run-lengths.ts';

/** As pycocotools gives them: size, counts, compressed string. */
const KNOWN = [
  { size: [9, 10], counts: [6, 1, 40, 4, 5, 4, 5, 4, 21], text: '61X13mN000`0' },
  { size: [4, 4], counts: [5, 2, 2, 2, 5], text: '52203' },
  { size: [40, 40], counts: [245, 5, 35, 5, 35, 5, 35, 5, 35, 5, 1190], text: 'e75S10000000ST1' },
] as const;

describe('run lengths', () => {
  it('run down the columns and begin with zeros', () => {
    expect(encodeRunLengths(maskOf(['#..', '##.']))).toEqual({ size: [2, 3], counts: [0, 2, 1, 1, 2] });
    expect(encodeRunLengths(maskOf(['..', '..']))).toEqual({ size: [2, 2], counts: [4] });
    expect(encodeRunLengths(maskOf(['##', '##']))).toEqual({ size: [2, 2], counts: [0, 4] });
  });

  it('give the mask back', () => {
    fc.assert(
      fc.property(someMask, (mask) => {
        const { size, counts } = encodeRunLengths(mask);
        expect(decodeRunLengths({ size, counts }, 'mask')).toEqual(mask);
        expect(decodeRunLengths({ size, counts: compressCounts(counts) }, 'mask')).toEqual(mask);
      }),
    );
  });

  it.each(KNOWN)('agree with COCO: $text', ({ size, counts, text }) => {
    expect(expandCounts(text, 'mask')).toEqual(counts);
    expect(compressCounts(counts)).toBe(text);
    const mask = decodeRunLengths({ size: [size[0], size[1]], counts: text }, 'mask');
    expect(encodeRunLengths(mask).counts).toEqual(counts);
  });

  it('survive compression at any length', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 27)), (counts) => {
        expect(expandCounts(compressCounts(counts), 'mask')).toEqual(counts);
      }),
    );
  });

  it.each([
    ['a wrong sum', [3]],
    ['a negative run', [-1, 5]],
    ['a broken run', [1.5, 2.5]],
    ['a string that ends within a number', '1P'],
    ['a string with other characters', '4 '],
    ['a number without end', 'PPPPPPPPPPPP'],
  ])('are refused with %s', (_, counts) => {
    expect(() => decodeRunLengths({ size: [2, 2], counts }, 'annotation.mask')).toThrow(
      /^annotation\.mask: has counts/,
    );
  });
});
