import { UPRIGHT } from '@d-persona/shared/mask/turn.ts';
import { describe, expect, it } from 'vitest';
import { CaseCache, type KeptCase } from './case-cache.ts';
import { PromptCache } from './prompt-cache.ts';

/** A case of so many kilobytes. */
function kept(kilobytes: number): KeptCase {
  const none = new Float32Array(0);
  return {
    hospital: 'demo',
    release: 'r',
    size: { height: 8, width: 8 },
    crop: { left: 0, top: 0, height: 8, width: 8 },
    turn: UPRIGHT,
    region: { x: 0, y: 0, w: 1, h: 1 },
    pixels: undefined,
    warnings: [],
    encoding: {
      height: 8,
      width: 8,
      imagePart: new Float32Array(256 * kilobytes),
      mu: none,
      logSigma: none,
      queries: none,
    },
    prompts: new PromptCache(),
    image: undefined,
  };
}

function cache() {
  const clock = { ms: 1000 };
  return { clock, cases: new CaseCache({ maxBytes: 4096, lifetimeMs: 60_000 }, () => clock.ms) };
}

describe('CaseCache', () => {
  it('keeps no more bytes than it may, the least recently used go', () => {
    const { cases } = cache();
    for (const digest of ['a', 'b', 'c', 'd']) cases.put(digest, kept(1));
    expect(cases.get('a')).toBeDefined();
    cases.put('e', kept(2));
    expect(['a', 'b', 'c', 'd', 'e'].filter((digest) => cases.get(digest))).toEqual(['a', 'd', 'e']);
    expect(cases.bytes).toBe(4096);
  });

  it('counts a case that is put again once, and its time anew', () => {
    const { clock, cases } = cache();
    expect(cases.put('a', kept(1)).expires).toBe(61_000);
    clock.ms += 30_000;
    expect(cases.put('a', kept(1)).expires).toBe(91_000);
    expect(cases.bytes).toBe(1024);
    clock.ms = 90_999;
    expect(cases.get('a')).toBeDefined();
    clock.ms = 91_000;
    expect(cases.get('a')).toBeUndefined();
    expect(cases.bytes).toBe(0);
  });

  it('drops what has expired before what is old', () => {
    const { clock, cases } = cache();
    cases.put('a', kept(1));
    clock.ms += 30_000;
    cases.put('b', kept(1));
    cases.get('a');
    clock.ms += 30_000;
    cases.put('c', kept(3));
    expect(['a', 'b', 'c'].filter((digest) => cases.get(digest))).toEqual(['b', 'c']);
  });

  it('keeps one that is larger than everything, alone', () => {
    const { cases } = cache();
    cases.put('a', kept(1));
    cases.put('b', kept(9));
    expect(['a', 'b'].filter((digest) => cases.get(digest))).toEqual(['b']);
    cases.put('c', kept(1));
    expect(cases.bytes).toBe(1024);
  });
});
