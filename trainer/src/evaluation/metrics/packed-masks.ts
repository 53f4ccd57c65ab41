/**
 * Binary masks of one size, 32 pixels to a word, so that an overlap is counted by AND and popcount.
 * Pack the masks of an image once and hand them to every metric.
 */
export interface PackedMasks {
  readonly count: number;
  /** Pixels of one mask (H·W). */
  readonly pixels: number;
  /** One word array a mask; the bits beyond the last pixel are 0. */
  readonly words: readonly Uint32Array[];
  /** Foreground pixels of each mask. */
  readonly areas: readonly number[];
}

/**
 * @param masks each H·W values, foreground where not 0; all of one length.
 * @throws Error where two masks differ in length.
 */
export function packMasks(masks: readonly ArrayLike<number>[]): PackedMasks {
  const pixels = masks[0]?.length ?? 0;
  const words = masks.map((mask, index) => {
    if (mask.length !== pixels) {
      throw new Error(`mask ${index} has ${mask.length} pixels, the first has ${pixels}`);
    }
    return packMask(mask);
  });
  return { count: masks.length, pixels, words, areas: words.map(countBits) };
}

/** Foreground pixels that mask `i` of `a` and mask `j` of `b` share. */
export function overlap(a: PackedMasks, i: number, b: PackedMasks, j: number): number {
  if (a.pixels !== b.pixels) throw new Error(`masks of ${a.pixels} and of ${b.pixels} pixels do not compare`);
  const wordsA = wordsOf(a, i);
  const wordsB = wordsOf(b, j);
  let count = 0;
  for (let w = 0; w < wordsA.length; w++) count += popcount((wordsA[w] as number) & (wordsB[w] as number));
  return count;
}

function wordsOf(masks: PackedMasks, index: number): Uint32Array {
  const words = masks.words[index];
  if (words === undefined) throw new Error(`there is no mask ${index} among ${masks.count}`);
  return words;
}

function packMask(mask: ArrayLike<number>): Uint32Array {
  const words = new Uint32Array(Math.ceil(mask.length / 32));
  for (let p = 0; p < mask.length; p++) {
    if (mask[p] !== 0) words[p >>> 5] = (words[p >>> 5] as number) | (1 << (p & 31));
  }
  return words;
}

function countBits(words: Uint32Array): number {
  let count = 0;
  for (const word of words) count += popcount(word);
  return count;
}

/** Set bits of a 32-bit word (Warren, Hacker's Delight, figure 5-2). */
function popcount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
