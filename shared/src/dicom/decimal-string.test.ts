import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalString } from './decimal-string.ts';

/** The syntax of DS (PS3.5 6.2). */
const DS = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

describe('a decimal string', () => {
  it('is the shortest text of the number', () => {
    expect(decimalString(0.488281)).toBe('0.488281');
    expect(decimalString(-125)).toBe('-125');
    expect(decimalString(-0)).toBe('0');
    expect(decimalString(1e21)).toBe('1e21');
  });

  it('spends all sixteen characters on digits where they are needed', () => {
    expect(decimalString(-0.12345678901234)).toBe('-.12345678901234');
    expect(decimalString(Math.PI * 100)).toBe('314.159265358979');
    expect(decimalString(-1.2345678987654e-10)).toBe('-1.234567899e-10');
    expect(decimalString(0.0000012345678987)).toBe('1.2345678987e-6');
  });

  it('has at most 16 characters, and at least nine digits that are right', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = decimalString(value);
        expect(text).toMatch(DS);
        expect(text.length).toBeLessThanOrEqual(16);
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-8);
      }),
    );
  });

  it('keeps every number that was read from one', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(digits, fc.nat(14), fc.boolean(), (text, point, negative) => {
        const source = `${negative ? '-' : ''}${text.slice(0, point)}.${text.slice(point)}`.slice(0, 16);
        fc.pre(/\d/.test(source));
        expect(Number(decimalString(Number(source)))).toBe(Number(source) + 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused for what is no number', () => {
    expect(() => decimalString(Number.NaN)).toThrow(RangeError);
    expect(() => decimalString(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  });
});
