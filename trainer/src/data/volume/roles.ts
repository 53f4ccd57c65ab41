import { byNumbersInNames } from '../layout/paths.ts';
import { meansMasks, meansPart } from '../layout/words.ts';

/** A file, or a part of one, told apart from the others of its case by its role: a sequence, or a reader's mask. */
export interface Placed {
  readonly path: string;
  /** The patient's name, with the visit where there are several. */
  readonly case: string;
  /** What is left of the path: the same for this sequence or reader in every case. */
  readonly role: string;
}

/** Which visit of one patient. */
const VISIT = /^(ses|sess|session|visit|timepoint|tp|fu)[-_]?\d+$/i;
const SEPARATOR = /[-_. ]+/;
/** How deep patients' folders may lie below the folder that all files share. */
const DEPTHS = [0, 1, 2];

/**
 * Finds out which files belong together, by what repeats in their names: a folder for each patient
 * (`P001/T1.nii.gz`, `P001/label_a1.nii.gz`), or names that begin with the patient's (`images/P001_T1.nii.gz`,
 * `labels/a1/P001.nii.gz`). What is left of a name when the patient's is taken away is its role.
 *
 * @param paths without their endings
 */
export function findRoles(paths: readonly string[]): Placed[] {
  const split = paths.map((path) => path.split('/').filter((part) => !meansPart(part)));
  const shared = sharedFolders(split);
  const below = split.map((parts) => parts.slice(shared));
  const guesses = [...DEPTHS.map((depth) => byFolder(below, depth)), byName(below)];
  const found = guesses.find((guess) => guess !== undefined && repeats(guess)) ?? asOneCase(split, shared);
  return found.map((names, i) => ({ path: paths[i] as string, ...names }));
}

type Names = Omit<Placed, 'path'>;

function byFolder(lists: readonly string[][], depth: number): Names[] | undefined {
  if (lists.some((parts) => parts.length < depth + 2)) return undefined;
  return lists.map((parts) => {
    const patient = parts.slice(0, depth + 1).join('_');
    return withVisit(patient, parts.slice(depth + 1), parts[depth] as string);
  });
}

/** The patient is the beginning of the file's name up to the first part with a digit: `sub-01`, `NPC_001`, `17`. */
function byName(lists: readonly string[][]): Names[] | undefined {
  const names = lists.map((parts) => {
    const file = parts.at(-1) as string;
    const [patient] = /^[^-_. \d]*(?:[-_. ]+[^-_. \d]+)*[-_. ]*\d[^-_. ]*/.exec(file) ?? [];
    return patient === undefined ? undefined : withVisit(patient, parts, patient);
  });
  return names.every((name) => name !== undefined) ? names : undefined;
}

/** Takes patient and visit out of what is left of a path. */
function withVisit(patient: string, rest: readonly string[], name: string): Names {
  const parts = rest.map((part) => (part.startsWith(name) ? part.slice(name.length) : part));
  const visits = parts.flatMap((part) => part.split(/[_. ]+/)).filter((token) => VISIT.test(token));
  const role = parts
    .map((part) =>
      part
        .split(/(?<=[_. ])|(?=[_. ])/)
        .filter((token) => !VISIT.test(token))
        .join('')
        .replace(/^[-_. ]+|[-_. ]+$/g, '')
        .replace(/([_. ]){2,}/g, '$1'),
    )
    .filter((part) => part !== '');
  return { case: [patient, ...new Set(visits)].join('/'), role: role.join('/') };
}

/** A guess is right if roles come again in other cases, and no two files of a case have the same. */
function repeats(names: readonly Names[]): boolean {
  const roles = new Set(names.map(({ role }) => role)).size;
  const pairs = new Set(names.map(({ case: of, role }) => `${of}\n${role}`)).size;
  return pairs === names.length && roles * 2 <= names.length && roles > 1;
}

/** Where nothing repeats there is one case, which each file has its own role in. */
function asOneCase(split: readonly string[][], shared: number): Names[] {
  const folder = split[0]?.[shared - 1] ?? 'case';
  return split.map((parts) => withVisit(folder, parts.slice(shared), folder));
}

function sharedFolders(lists: readonly string[][]): number {
  const first = lists[0]?.slice(0, -1) ?? [];
  let shared = first.length;
  for (const list of lists) {
    const differing = first.findIndex((part, i) => i >= list.length - 1 || part !== list[i]);
    if (differing >= 0) shared = Math.min(shared, differing);
  }
  return shared;
}

/**
 * Names for roles: what tells them apart. `label_a1` and `label_a2` are a1 and a2; a number alone keeps the word before
 * it, so that `mask_1` is known as a slot without a name and `rater_1` as a reader.
 *
 * @returns by role, in an order in which 2 comes before 10
 */
export function roleLabels(roles: readonly string[]): ReadonlyMap<string, string> {
  const sorted = [...new Set(roles)].sort(byNumbersInNames);
  const lists = sorted.map((role) => role.split('/').flatMap((part) => part.split(SEPARATOR)));
  const start = common(lists);
  const end = Math.min(
    common(lists.map((list) => [...list].reverse())),
    Math.min(...lists.map(({ length }) => length)) - start,
  );
  return new Map(
    sorted.map((role, i) => {
      const list = lists[i] as string[];
      const own = list.slice(start, list.length - end);
      const telling = own.filter((token) => !meansMasks(token) || own.length === 1);
      const label = telling.join('-');
      const before = list[start - 1];
      if (/^\d+$/.test(label) && before !== undefined) return [role, `${before}-${label}`];
      return [role, label === '' ? (list.at(-1) ?? 'unnamed') : label];
    }),
  );
}

function common(lists: readonly (readonly string[])[]): number {
  if (lists.length < 2) return 0;
  const first = lists[0] ?? [];
  const differing = first.findIndex((token, i) => lists.some((list) => list[i] !== token));
  return differing < 0 ? first.length : differing;
}
