/** Dice of two masks of 0 and 1, in [0, 1]; two empty ones agree. */
export function maskDice(a: Uint8Array, b: Uint8Array): number {
  let [both, sum] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (a[i] as number) & (b[i] as number);
    sum += (a[i] as number) + (b[i] as number);
  }
  return sum === 0 ? 1 : (2 * both) / sum;
}

export function maskPixels(mask: Uint8Array): number {
  let pixels = 0;
  for (const inside of mask) pixels += inside;
  return pixels;
}

/** Pixels that at least half of the masks have. @param masks at least one, of one size */
export function majority(masks: readonly Uint8Array[]): Uint8Array {
  const votes = new Uint8Array((masks[0] as Uint8Array).length);
  for (const mask of masks)
    for (let i = 0; i < votes.length; i++) votes[i] = (votes[i] as number) + (mask[i] as number);
  return votes.map((count) => (2 * count >= masks.length ? 1 : 0));
}
