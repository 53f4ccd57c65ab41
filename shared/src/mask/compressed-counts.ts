import { InputError } from '../errors.ts';

/**
 * COCO's compressed counts (cocoapi, `rleToString`): each count, from the fourth on as the difference to the last but
 * one, in groups of five bits, low bits first; 32 says that more follow; 48 is added to make it a character. The last
 * group's highest bit is the sign.
 */
export function compressCounts(counts: readonly number[]): string {
  let out = '';
  counts.forEach((count, i) => {
    let x = i > 2 ? count - (counts[i - 2] as number) : count;
    for (let more = true; more; ) {
      let group = x & 31;
      x >>= 5;
      more = group & 16 ? x !== -1 : x !== 0;
      if (more) group |= 32;
      out += String.fromCharCode(group + 48);
    }
  });
  return out;
}

/**
 * The counts of COCO's compressed string, the inverse of {@link compressCounts}.
 *
 * @throws InputError `bad-run-lengths` for a string that is none.
 */
export function expandCounts(text: string, name: string): number[] {
  const counts: number[] = [];
  let x = 0;
  let shift = 0;
  for (let i = 0; i < text.length; i++) {
    const group = text.charCodeAt(i) - 48;
    if (group < 0 || group > 63 || shift > 25) throw notCompressed(name);
    x |= (group & 31) << shift;
    shift += 5;
    if (group & 32) continue;
    if (group & 16) x |= -1 << shift;
    counts.push(counts.length > 2 ? x + (counts[counts.length - 2] as number) : x);
    x = 0;
    shift = 0;
  }
  if (shift > 0) throw notCompressed(name);
  return counts;
}

function notCompressed(name: string): InputError {
  const problem = 'has counts that are not a compressed string of COCO';
  return new InputError({
    code: 'bad-run-lengths',
    input: name,
    problem,
    remedy: 'Send counts as a list of numbers',
  });
}
