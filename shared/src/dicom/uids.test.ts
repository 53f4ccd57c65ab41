import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uidOfName } from './uids.ts';

/** The UUID by its text form: another way than the bit operations. */
function reckon(json: string): string {
  const hex = createHash('sha256').update(json).digest('hex').slice(0, 32);
  const variant = (Number.parseInt(hex.slice(16, 17), 16) % 4) + 8;
  const uuid = `${hex.slice(0, 12)}8${hex.slice(13, 16)}${variant.toString(16)}${hex.slice(17)}`;
  return `2.25.${BigInt(`0x${uuid}`)}`;
}

describe('the UID of a name', () => {
  it('is the decimal of a UUID made from SHA-256', async () => {
    expect(await uidOfName({ b: 1, a: 'x' })).toBe(reckon('{"a":"x","b":1}'));
  });

  it('is a UID of at most 64 characters, and the same for the same name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string()), async (name) => {
        const uid = await uidOfName(name);
        expect(uid).toMatch(/^2\.25\.[1-9]\d{0,38}$/);
        expect(await uidOfName([...name])).toBe(uid);
        expect(await uidOfName([...name, 'more'])).not.toBe(uid);
      }),
    );
  });
});
