import { InputError } from '../errors.ts';
import { expandCounts } from './compressed-counts.ts';
import type { Mask } from './mask.ts';

/**
 * A mask as COCO's run lengths: lengths of alternating runs of 0 and 1, the first of 0 (so it may be 0), running down
 * the columns, left to right.
 */
export interface RunLengths {
  /** [height, width] */
  readonly size: readonly [number, number];
  readonly counts: readonly number[];
}

/** The run lengths of a mask. As in COCO, the last run is there only if it has a pixel. */
export function encodeRunLengths({ height, width, data }: Mask): {
  size: [number, number];
  counts: number[];
} {
  const counts: number[] = [];
  let value = 0;
  let run = 0;
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const next = data[y * width + x] as number;
      if (next !== value) {
        counts.push(run);
        run = 0;
        value = next;
      }
      run++;
    }
  }
  counts.push(run);
  return { size: [height, width], counts };
}

/**
 * The mask of run lengths, whose counts may also be COCO's compressed string. Takes the memory that `size` says, so a
 * caller compares that with its image first.
 *
 * @param name what the run lengths are called in an error.
 * @throws InputError `bad-run-lengths`.
 */
export function decodeRunLengths(
  { size, counts }: { readonly size: readonly [number, number]; readonly counts: readonly number[] | string },
  name: string,
): Mask {
  const [height, width] = size;
  const runs = typeof counts === 'string' ? expandCounts(counts, name) : counts;
  if (!runs.every((run) => Number.isSafeInteger(run) && run >= 0)) {
    throw badRunLengths(name, 'has counts that are not whole numbers from 0 on');
  }
  const pixels = runs.reduce((sum, run) => sum + run, 0);
  if (pixels !== height * width) {
    throw badRunLengths(name, `has counts for ${pixels} pixels, where its size is ${height} × ${width}`);
  }
  const data = new Uint8Array(height * width);
  let at = 0;
  runs.forEach((run, i) => {
    const end = at + run;
    if (i % 2 === 1) for (; at < end; at++) data[(at % height) * width + Math.floor(at / height)] = 1;
    at = end;
  });
  return { height, width, data };
}

export function badRunLengths(name: string, problem: string): InputError {
  const remedy = 'Send COCO run lengths: size [height, width] and counts down the columns';
  return new InputError({ code: 'bad-run-lengths', input: name, problem, remedy });
}
