import { InputError } from '@d-persona/shared/errors.ts';
import { type Mask, maskArea } from '@d-persona/shared/mask/mask.ts';
import type { Entry } from './layout/find-layout.ts';
import { orInputError } from './problems.ts';
import { readMask } from './read-mask.ts';
import type { Source } from './source/source.ts';
import { sha256 } from './source-hash.ts';

/** An entry whose masks were looked at; its image was read, but not decoded. */
export interface InspectedEntry {
  readonly entry: Entry;
  /** SHA-256 of each file, by path. */
  readonly digests: ReadonlyMap<string, string>;
  /** Of the masks. */
  readonly size: { readonly height: number; readonly width: number };
  /** Pixels of each reader's mask, by label. */
  readonly areas: ReadonlyMap<string, number>;
  /** The masks' union: its pixels, those outside the central window, and its centroid (the image's centre if empty). */
  readonly union: { readonly area: number; readonly outside: number; readonly x: number; readonly y: number };
  readonly problems: readonly InputError[];
}

/** What inspecting needs to know; the same for all entries of a dataset. */
export interface Inspection {
  readonly source: Source;
  /** Where the pictures lie in the source. */
  readonly folder: string;
  readonly maxPixels: number;
  /** Side of the central window. */
  readonly window: number;
  /** Digests of masks known to be empty, with their size: most datasets have thousands of the same. */
  readonly empty: Map<string, { height: number; width: number }>;
}

/** Reads all files of an entry and decodes its masks. Problems are collected, not thrown. */
export async function inspectEntry(entry: Entry, inspection: Inspection): Promise<InspectedEntry> {
  const { source, folder, maxPixels, window, empty } = inspection;
  const digests = new Map<string, string>();
  const problems: InputError[] = [];
  const read = async (path: string) => {
    const bytes = await source.read(folder + path);
    digests.set(path, sha256(bytes));
    return bytes;
  };
  const areas = new Map<string, number>();
  const masks: Mask[] = [];
  let size: InspectedEntry['size'] | undefined;
  const image = await orInputError(() => read(entry.image));
  if (image instanceof InputError) problems.push(image);
  for (const [label, path] of entry.masks) {
    const mask = await orInputError(async () => {
      const bytes = await read(path);
      const known = empty.get(digests.get(path) as string);
      return known ?? readMask(bytes, source.fullName(folder + path), maxPixels);
    });
    if (mask instanceof InputError) {
      problems.push(mask);
      continue;
    }
    size ??= { height: mask.height, width: mask.width };
    if (mask.height !== size.height || mask.width !== size.width) {
      problems.push(sizesDiffer(source.fullName(folder + path), mask, size, "the image's other masks"));
      continue;
    }
    const area = 'data' in mask ? maskArea(mask) : 0;
    areas.set(label, area);
    if (area > 0) masks.push(mask as Mask);
    else empty.set(digests.get(path) as string, size);
  }
  size ??= { height: 1, width: 1 };
  return { entry, digests, size, areas, union: unionOf(masks, size, window), problems };
}

/** The union of masks of one size. @param window side of the central window */
export function unionOf(
  masks: readonly Mask[],
  { height, width }: InspectedEntry['size'],
  window: number,
): InspectedEntry['union'] {
  const top = Math.ceil(Math.floor(height / 2) - window / 2);
  const left = Math.ceil(Math.floor(width / 2) - window / 2);
  const union = new Uint8Array(height * width);
  for (const { data } of masks)
    for (let i = 0; i < union.length; i++) union[i] = (union[i] as number) | (data[i] as number);
  let [area, outside, sumX, sumY] = [0, 0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (union[y * width + x] === 0) continue;
      area++;
      sumX += x;
      sumY += y;
      if (x < left || x >= left + window || y < top || y >= top + window) outside++;
    }
  }
  if (area === 0) return { area, outside, x: Math.floor(width / 2), y: Math.floor(height / 2) };
  return { area, outside, x: sumX / area, y: sumY / area };
}

export function sizesDiffer(
  input: string,
  is: { height: number; width: number },
  wanted: { height: number; width: number },
  of: string,
): InputError {
  return new InputError({
    code: 'sizes-differ',
    input,
    problem: `is ${is.width} × ${is.height} pixels, ${of} ${of.endsWith('masks') ? 'are' : 'is'} ${wanted.width} × ${wanted.height}`,
    remedy: 'Export image and masks on the same grid of pixels',
  });
}
