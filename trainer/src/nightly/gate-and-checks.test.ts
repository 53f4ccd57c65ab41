import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnnotatedCase } from './annotated-case.ts';
import { findSuspicious } from './check-annotations.ts';
import { makeVersion, partOfGroup } from './dataset-version.ts';
import type { LedgerEntry } from './hospital-ledger.ts';
import { judge, type PairedDice } from './judge.ts';
import { checkSettingsSchema } from './settings.ts';
import { TURNS, turned } from './turn.ts';

const SIDE = 20;

/** A square of some side at some place. */
function square(side: number, left = 5, top = 5): Uint8Array {
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return x >= left && x < left + side && y >= top && y < top + side ? 1 : 0;
  });
}

const compared = (id: string, mask: Uint8Array) => ({
  annotated: { id, persona: 'p', group: id, image: new Float32Array(0), mask } satisfies AnnotatedCase,
  personas: [square(7), square(8), square(9)],
});

describe('what is set aside', () => {
  const settings = checkSettingsSchema.parse({});
  const earlier = Array.from({ length: 10 }, (_, i) => compared(`e${i}`, square(8)));
  const reasons = (masks: readonly Uint8Array[], known = earlier) =>
    findSuspicious(
      masks.map((mask, i) => compared(String(i), mask)),
      known,
      settings,
    );
  const usual = Array.from({ length: 6 }, () => square(8));

  test('nothing of what looks like the reader', () => {
    expect(reasons([...usual, square(9), square(7)]).size).toBe(0);
  });

  test('an empty outline, a speck, one of another place, one far from the reader, each with its reason', () => {
    const found = reasons([
      ...usual,
      new Uint8Array(SIDE * SIDE),
      square(1),
      square(7, 13, 13),
      square(13, 3, 3),
    ]);
    expect([...found.keys()]).toEqual(['6', '7', '8', '9']);
    expect(found.get('6')).toMatch(/empty/);
    expect(found.get('7')).toMatch(/1 pixels/);
    expect(found.get('8')).toMatch(/unlike every persona/);
    expect(found.get('9')).toMatch(/times as large/);
  });

  test('all of a night in which too much is suspicious', () => {
    const found = reasons([square(8), square(8), ...Array.from({ length: 3 }, () => square(14, 3, 3))]);
    expect(found.size).toBe(5);
    expect(found.get('0')).toMatch(/came with 3 suspicious/);
  });

  test("a style of their own is no reason while a reader's earlier outlines are few", () => {
    expect(reasons([square(12, 4, 4), square(12, 4, 4)], earlier.slice(0, 3)).size).toBe(0);
  });
});

describe('the gate', () => {
  const options = { seed: 1, resamples: 500, minimumPatients: 5, tolerance: 0.01 };
  const pairs = (gain: number, n = 20): PairedDice[] =>
    Array.from({ length: n }, (_, i) => ({
      group: `g${i}`,
      before: 0.7,
      after: 0.7 + gain + 0.02 * ((i % 3) - 1),
    }));

  test('lets what is better beyond noise pass, and nothing else', () => {
    expect(judge(pairs(0.05), [], true, options)).toMatchObject({
      decision: 'publish',
      before: expect.closeTo(0.7),
    });
    expect(judge(pairs(0.001), [], true, options).decision).toBe('kept');
    expect(judge(pairs(-0.05), [], true, options).decision).toBe('refused');
    expect(judge(pairs(0.05, 4), [], true, options).decision).toBe('kept');
  });

  test('refuses what is worse where a guard stands', () => {
    const verdict = judge(pairs(0.05), [{ what: 'on earlier cases', pairs: pairs(-0.05) }], true, options);
    expect(verdict).toMatchObject({
      decision: 'refused',
      reason: expect.stringContaining('on earlier cases'),
    });
    expect(judge(pairs(0.05), [{ what: 'on none', pairs: [] }], true, options).decision).toBe('publish');
  });

  test('keeps what may be worse at a guard, where few cases cannot tell', () => {
    const wide = [0.3, -0.5, 0.2, -0.3].map((gain, i) => ({
      group: `g${i}`,
      before: 0.5,
      after: 0.5 + gain,
    }));
    const verdict = judge(pairs(0.05), [{ what: 'on earlier cases', pairs: wide }], true, options);
    expect(verdict).toMatchObject({ decision: 'kept', reason: expect.stringContaining('maybe worse') });
  });

  test('asks of a head that only forgets no more than not to be worse', () => {
    expect(judge(pairs(0.001), [], false, options).decision).toBe('publish');
    expect(judge(pairs(-0.05), [], false, options).decision).toBe('refused');
  });
});

describe('a data version', () => {
  const hex = (i: number) => i.toString(16).padStart(64, '0');
  const entry = (i: number, status: LedgerEntry['status'] = 'accepted'): LedgerEntry => ({
    record: {
      ...{ id: hex(i).slice(32), changed: i + 1, persona: 'p', title: null, group: hex(i), size: [1, 1] },
      ...{ image: hex(i), mask: hex(i), received: '2026-01-01T00:00:00Z', withdrawn: status === 'withdrawn' },
    },
    ...{ status, reason: '', night: 'n', agreement: null },
  });

  test('is named by its content, in whatever order, and holds accepted annotations only', () => {
    const entries = [entry(1), entry(2), entry(3, 'set-aside'), entry(4, 'withdrawn'), entry(5, 'held')];
    const version = makeVersion(entries, 0.5);
    expect(version.cases).toHaveLength(2);
    expect(makeVersion([...entries].reverse(), 0.5)).toEqual(version);
    expect(makeVersion(entries.slice(1), 0.5).hash).not.toBe(version.hash);
  });

  test('holds patients out by themselves alone, in about the share that is asked for', () => {
    const parts = Array.from({ length: 1000 }, (_, i) => partOfGroup(hex(i), 0.35));
    const heldOut = parts.filter((part) => part === 'held-out').length;
    expect(heldOut).toBeGreaterThan(300);
    expect(heldOut).toBeLessThan(400);
    expect(Array.from({ length: 1000 }, (_, i) => partOfGroup(hex(i), 0.35))).toEqual(parts);
  });
});

test('the eight positions of a square are all different, and keep every value with its channels', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 3 }), (side, channels) => {
      const values = Float32Array.from({ length: side * side * channels }, (_, i) => i);
      const all = Array.from({ length: TURNS }, (_, turn) => turned(values, side, channels, turn));
      expect(new Set(all.map(String)).size).toBe(TURNS);
      for (const one of all) {
        expect([...one].sort((a, b) => a - b)).toEqual([...values]);
        for (let i = 0; i < one.length; i += channels) expect((one[i] as number) % channels).toBe(0);
      }
    }),
  );
});
