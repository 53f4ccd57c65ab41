import type { Series } from '@d-persona/shared/dicom/series/arrange-series.ts';
import { InputError } from '@d-persona/shared/errors.ts';
import { fillRings } from '@d-persona/shared/mask/fill-rings.ts';
import type { Lesion, SliceMasks } from '../volume.ts';
import type { LidcNodule, LidcOutline, LidcReading } from './read-lidc-xml.ts';

/** What one reader drew of one nodule: masks by slice. */
interface Drawn {
  readonly reader: number;
  readonly masks: ReadonlyMap<number, Uint8Array>;
}

/** Label of a reader without a name. */
export const slotLabel = (reader: number): string => `mask-${reader}`;

/** Slices nearer than this to a stated position are the ones meant, millimetres. */
const SAME_PLACE = 0.05;

/**
 * The nodules of an annotation file on the slices of its series. What readers outlined is one nodule where their masks
 * share a pixel, directly or by way of another's; two outlines of one reader in it are taken together.
 *
 * @throws InputError `other-series` for outlines on slices that are not there
 */
export function lidcLesions(reading: LidcReading, series: Series, name: string): Lesion[] {
  const drawn = reading.readers.flatMap((nodules, reader) =>
    nodules.map((nodule): Drawn => ({ reader, masks: masksOf(nodule, series, name) })),
  );
  return groups(drawn).map((group, i) => {
    const readers = Map.groupBy(group, ({ reader }) => reader);
    const masks = [...readers].map(([reader, own]): [string, SliceMasks] => [
      slotLabel(reader),
      (slice) => union(own.flatMap((one) => one.masks.get(slice) ?? [])),
    ]);
    return { name: `lesion-${i}`, masks: new Map(masks) };
  });
}

function masksOf({ outlines }: LidcNodule, series: Series, name: string): Map<number, Uint8Array> {
  const { rows, columns } = series.source;
  const bySlice = Map.groupBy(outlines, (outline) => sliceOf(outline, series, name));
  const masks = [...bySlice].map(([slice, lines]): [number, Uint8Array] => {
    const mask = new Uint8Array(rows * columns);
    for (const line of lines.filter(({ inclusion }) => inclusion)) {
      inside(line, rows, columns).forEach((bit, i) => {
        if (bit) mask[i] = 1;
      });
    }
    for (const hole of lines.filter(({ inclusion }) => !inclusion)) {
      inside(hole, rows, columns).forEach((bit, i) => {
        if (bit) mask[i] = 0;
      });
    }
    return [slice, mask];
  });
  return new Map(masks.filter(([, mask]) => mask.includes(1)));
}

/** Pixels that a line encloses. The line itself is outside: it was drawn on the first pixels that do not belong. */
export function inside({ edge }: Pick<LidcOutline, 'edge'>, height: number, width: number): Uint8Array {
  const { data } = fillRings([edge.map(([x, y]) => [x + 0.5, y + 0.5] as const)], { height, width });
  for (const [x, y] of edge) {
    if (x >= 0 && y >= 0 && x < width && y < height) data[y * width + x] = 0;
  }
  return data;
}

function sliceOf({ sopInstanceUid, z }: LidcOutline, { source, slices }: Series, name: string): number {
  const byUid = slices.findIndex(({ frame }) => frame.sopInstanceUid === sopInstanceUid);
  if (byUid >= 0) return byUid;
  const byPlace = source.frames.findIndex(
    ({ imagePositionPatient }) => Math.abs((imagePositionPatient?.[2] ?? Number.NaN) - z) < SAME_PLACE,
  );
  if (byPlace >= 0 && sopInstanceUid === '') return byPlace;
  throw new InputError({
    code: 'other-series',
    input: name,
    problem: 'has an outline on an image that is not in its series',
    remedy: 'Download the whole series again, or the annotation file that belongs to it',
  });
}

/** Puts together what overlaps, in the order of the file. */
function groups(drawn: readonly Drawn[]): Drawn[][] {
  const found: Drawn[][] = [];
  for (const one of drawn) {
    const touching = found.filter((group) => group.some((other) => overlap(one, other)));
    const rest = found.filter((group) => !touching.includes(group));
    found.splice(0, found.length, ...rest, [...touching.flat(), one]);
  }
  return found.sort((a, b) => drawn.indexOf(a[0] as Drawn) - drawn.indexOf(b[0] as Drawn));
}

function overlap(a: Drawn, b: Drawn): boolean {
  return [...a.masks].some(([slice, mask]) => {
    const other = b.masks.get(slice);
    return other !== undefined && mask.some((bit, i) => bit === 1 && other[i] === 1);
  });
}

function union(masks: readonly Uint8Array[]): Uint8Array | null {
  const [first, ...rest] = masks;
  if (first === undefined) return null;
  const all = new Uint8Array(first);
  for (const mask of rest)
    for (let i = 0; i < all.length; i++) all[i] = (all[i] as number) | (mask[i] as number);
  return all;
}
