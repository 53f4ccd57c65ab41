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
