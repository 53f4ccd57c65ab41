import { InputError } from '@d-persona/shared/errors.ts';
import { fileName, folderOf, join } from './paths.ts';
import { meansPart } from './words.ts';

/** Where an image stands: enough to tell whose it is. */
export interface ImagePlace {
  /** Its case folder, below the folder that holds the dataset. */
  readonly folder: string;
  /** Its path below the folder of images, without ending. */
  readonly key: string;
}

/** Which eye, breast or side; only after a digit or a separator, so that no word loses its last letter. */
const SIDE = /(?<=\d)[LR]$|[-_. ](left|right|l|r|od|os)$/i;
/** Which slice, frame, tile or visit of one patient. */
const PIECE = /[-_. ]?(slice|frame|tile|patch|crop|visit|z|t)[-_ ]?\d+$/i;

/** Removes what tells several images of one patient apart, as long as something is left. */
export function patientOfName(name: string): string {
  for (const pattern of [PIECE, SIDE]) {
    const shorter = name.replace(pattern, '');
    if (shorter !== name && shorter !== '') return patientOfName(shorter);
  }
  return name;
}

/** By the user's regular expression on `<folder>/<image>`. @throws InputError naming an image that does not match */
export function patientsByPattern(places: readonly ImagePlace[], pattern: string): string[] {
  const expression = new RegExp(pattern);
  return places.map(({ folder, key }) => {
    const name = join(folder, key);
    const patient = expression.exec(name)?.[1];
    if (patient !== undefined && patient !== '') return patient;
    throw new InputError({
      code: 'bad-patient-pattern',
      input: `--patient-pattern ${pattern}`,
      problem: `finds no patient in ${name}`,
      remedy: 'Write a regular expression whose first group is the patient in every name',
    });
  });
}

/**
 * Whose image is which. When in doubt, images are put together: a patient taken for two could stand in training and
 * test at once, two patients taken for one cannot.
 *
 * 1. Folders called train, test, fold-1 and the like say nothing and are skipped.
 * 2. Slots: the uppermost folder below the dataset's is the patient (`<patient>/<lesion>/images`).
 * 3. Else a folder below the folder of images is one (`images/<patient>/…`), and so are the uppermost folders if there
 *    are three or more and their images have the same names (`<patient>/images/slice-1`).
 * 4. Else each image's name tells the patient, within its set, less a side (`_L`, `04R`, `left`) and a slice or frame.
 */
export function findPatients(places: readonly ImagePlace[], slots: boolean): string[] {
  const folders = dropShared(
    places.map(({ folder }) => folder.split('/').filter((part) => part !== '' && !meansPart(part))),
  );
  const tops = new Set(folders.map(([top]) => top));
  const everyHasTop = !tops.has(undefined);
  const byTop = everyHasTop && tops.size > 1 && (slots || (tops.size > 2 && namesRepeat(places)));
  return places.map(({ key }, i) => {
    const folder = folders[i] as string[];
    if (byTop) return patientOfName(folder[0] as string);
    const inner = key.split('/').filter((part) => !meansPart(part));
    const own = inner.length > 1 ? (inner[0] as string) : fileName(key);
    return join(...folder, patientOfName(own));
  });
}

/** Without the leading folders that all share. */
function dropShared(lists: readonly string[][]): string[][] {
  let rest = lists;
  for (;;) {
    const first = rest[0]?.[0];
    if (first === undefined || rest.some((list) => list[0] !== first)) return [...rest];
    rest = rest.map((list) => list.slice(1));
  }
}

function namesRepeat(places: readonly ImagePlace[]): boolean {
  const folders = new Map<string, string>();
  return places.some(({ folder, key }) => {
    const before = folders.get(key);
    folders.set(key, folder);
    // The same set twice, once for training and once for testing, is no repetition.
    return before !== undefined && before !== folder && folderOf(before) === folderOf(folder);
  });
}
