import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortText } from './text.ts';

describe('text for an attribute', () => {
  it('is as it was where it fits', () => expect(shortText('Reader “Ä”, 2nd', 64)).toBe('Reader “Ä”, 2nd'));

  it('ends in an ellipsis where it was cut', () => expect(shortText('abcdefgh', 5)).toBe('abcd…'));

  it('never has a backslash or a control character, nor too many characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 30 }), (text, length) => {
        const short = shortText(text, length);
        expect(short).not.toMatch(/[\\\p{Cc}]/u);
        expect([...short].length).toBeLessThanOrEqual(length);
      }),
    );
  });
});
