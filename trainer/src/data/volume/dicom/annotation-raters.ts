import { meansSlot } from '../../layout/words.ts';
import { MOST_RATERS } from '../../mask-bits.ts';
import { findRoles, roleLabels } from '../roles.ts';
import type { AnnotatedItem } from './series-index.ts';

/** Whose each outlined structure is. */
export interface ItemRaters {
  readonly labels: readonly string[];
  readonly of: ReadonlyMap<AnnotatedItem, string>;
  /** Nothing told readers apart: they are counted within each series. */
  readonly slots: boolean;
}

type Telling = (item: AnnotatedItem) => string;

/**
 * Finds what tells readers apart: the first of creator, title, segment label, file name and description that differs
 * within each series and comes again in others. Where none does, or one with the segment's label, readers are slots.
 *
 * @param bySeries the items about each series
 */
export function itemRaters(bySeries: readonly (readonly AnnotatedItem[])[]): ItemRaters {
  const items = bySeries.flat();
  const files = fileRoles(items);
  const plain: Telling[] = [
    ({ creator }) => creator,
    ({ title }) => title,
    ({ segment }) => segment,
    ({ path }) => files.get(path) ?? '',
    ({ description }) => description,
  ];
  const withSegment = plain.map(
    (tell): Telling =>
      (item) =>
        [tell(item), item.segment].join(' '),
  );
  const telling = [...plain, ...withSegment].find((tell) => tells(tell, bySeries));
  if (telling !== undefined) {
    const of = new Map(items.map((item) => [item, telling(item)]));
    const labels = [...new Set(of.values())].sort();
    return { labels, of, slots: labels.every(meansSlot) };
  }
  const of = new Map(
    bySeries.flatMap((own) =>
      [...own]
        .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.number - b.number))
        .map((item, i): [AnnotatedItem, string] => [item, `mask-${i}`]),
    ),
  );
  return { labels: [...new Set(of.values())].sort(), of, slots: true };
}

function tells(tell: Telling, bySeries: readonly (readonly AnnotatedItem[])[]): boolean {
  const values = bySeries.map((items) => items.map(tell));
  const distinct = new Set(values.flat());
  const complete = values.every((own) => own.every((value) => value.trim() !== ''));
  const apart = values.every((own) => new Set(own).size === own.length);
  const again = bySeries.length < 2 || distinct.size * 2 <= values.flat().length;
  return complete && apart && again && distinct.size > 1 && distinct.size <= MOST_RATERS;
}

function fileRoles(items: readonly AnnotatedItem[]): ReadonlyMap<string, string> {
  const paths = [...new Set(items.map(({ path }) => path))];
  if (paths.length < 2) return new Map();
  const placed = findRoles(paths.map((path) => path.replace(/\.\w+$/, '')));
  const labels = roleLabels(placed.map(({ role }) => role));
  return new Map(placed.map(({ role }, i) => [paths[i] as string, labels.get(role) ?? role]));
}
