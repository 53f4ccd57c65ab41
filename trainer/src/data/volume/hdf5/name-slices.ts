import { withoutEnding } from '../../layout/paths.ts';
import { patientOfName } from '../../layout/patients.ts';
import { meansPart } from '../../layout/words.ts';
import type { SlicePlace } from '../../sample.ts';

/** What a file is called in a dataset. */
export interface FileId {
  /** Whose it is can be told from it; folders such as `training_2d` stay, so that no two files have the same. */
  readonly id: string;
  /** If its name says that it is one slice of a volume. */
  readonly slice?: SlicePlace;
}

/** A number after the patient's: `P01_17`, `1_s17`. */
const LAST_NUMBER = /[-_ ]+(?:s|sl|slice|z)?[-_]?(\d+)$/i;
/** Patients that there must be for numbers after their names to be slices. */
const FEWEST = 3;

/**
 * Names files, and finds slices that are files of their own: by a word (`Sample_1_slice_10`), or, where most names come
 * again with another number at the end (`1_17`, `1_18`, `2_4`), by that. In doubt slices are put together.
 */
export function nameSlices(paths: readonly string[]): FileId[] {
  const names = paths.map((path) => {
    const parts = withoutEnding(path).split('/');
    return { folders: parts.filter(meansPart), name: parts.filter((part) => !meansPart(part)).join('_') };
  });
  const numbered = names.map(({ name }) => withoutNumber(name));
  const groups = new Set(numbered);
  const byNumber = !groups.has(undefined) && groups.size >= FEWEST && names.length >= 2 * groups.size;
  return names.map(({ folders, name }, i) => {
    const word = patientOfName(name);
    const volume = word !== name ? word : byNumber ? numbered[i] : undefined;
    const number = /(\d+)$/.exec(name)?.[1];
    const id = [...folders, name].join('/');
    if (volume === undefined || number === undefined) return { id };
    const place = { volume: [...folders, volume].join('/'), slice: Number(number) };
    return { id: `${place.volume}/${name}`, slice: place };
  });
}

/** A name less the number at its end, if another digit is left. */
function withoutNumber(name: string): string | undefined {
  const rest = name.replace(LAST_NUMBER, '');
  return rest !== name && /\d/.test(rest) ? rest : undefined;
}
