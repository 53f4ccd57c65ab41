import { InputError } from '@d-persona/shared/errors.ts';
import { type CaseFolder, findCaseFolders } from './case-folders.ts';
import { type ImageKeys, imageKeys } from './image-keys.ts';
import { type MaskName, parseMaskName } from './mask-name.ts';
import { byNumbersInNames, fileName, isOtherPicture, isPicture, join, withoutEnding } from './paths.ts';
import type { ImagePlace } from './patients.ts';
import { labelRaters } from './rater-labels.ts';
import { meansImageFolder, meansSlot } from './words.ts';

/** An image and the masks that belong to it. */
export interface Entry extends ImagePlace {
  /** Unique: folder and key. */
  readonly id: string;
  readonly image: string;
  /** Paths of the masks by their reader's label. */
  readonly masks: ReadonlyMap<string, string>;
}

/** How a dataset is laid out, told from its paths alone. */
export interface Layout {
  /**
   * `slots`: masks of readers without a name (`mask-0`); `named`: a folder for each reader; `suffix`: readers named
   * after the image's name.
   */
  readonly layout: 'slots' | 'named' | 'suffix';
  /** Labels of all readers, numbers in them in order. */
  readonly labels: readonly string[];
  /** Every image, sorted by id; those without masks too. */
  readonly entries: readonly Entry[];
  /** Pictures that belong to no image. */
  readonly orphans: readonly string[];
}

const EXPECTED =
  'Expected are <patient>/<lesion>/images and mask-0, mask-1, … ; images and masks/<reader> ; or <image>_<reader>.png';

interface FoundMask {
  readonly id: string;
  readonly path: string;
  readonly name: MaskName;
}

/**
 * Finds images, masks and readers by looking at how the names of files repeat.
 *
 * @param files paths below the folder that holds the dataset
 * @param input what the user called the dataset
 * @param isImageFolder tells by its name whether a folder holds images
 * @throws InputError `no-images`, `no-masks`, `mixed-layouts` or `two-masks`
 */
export function findLayout(
  files: readonly string[],
  input: string,
  isImageFolder: (name: string) => boolean = meansImageFolder,
): Layout {
  const pictures = files.filter(isPicture);
  if (pictures.length === 0) throw noImages(files, input);
  const folders = findCaseFolders(pictures, isImageFolder);
  const found: FoundMask[] = [];
  const orphans: string[] = [];
  for (const folder of folders) {
    const keys = imageKeys(folder.images.keys());
    for (const path of folder.others) {
      const name = maskName(folder, keys, path);
      if (name === undefined) orphans.push(path);
      else found.push({ id: join(folder.path, name.key), path, name });
    }
  }
  if (found.length === 0) {
    throw new InputError({
      code: 'no-masks',
      input,
      problem: 'has images, but no masks that belong to them',
      remedy: EXPECTED,
    });
  }
  const { labels, by } = labelRaters(found.map(({ name }) => name));
  const distinct = [...new Set(labels)].sort(byNumbersInNames);
  const slots = distinct.filter(meansSlot).length;
  if (slots > 0 && slots < distinct.length) throw mixed(distinct, input);
  const masks = new Map<string, Map<string, string>>();
  found.forEach(({ id, path }, i) => {
    const label = labels[i] as string;
    const own = masks.get(id) ?? new Map<string, string>();
    const twin = own.get(label);
    if (twin !== undefined) throw twoMasks(path, twin);
    masks.set(id, own.set(label, path));
  });
  const entries = folders.flatMap(({ path: folder, images }) =>
    [...images].map(([key, image]): Entry => {
      const id = join(folder, key);
      return { id, folder, key, image, masks: masks.get(id) ?? new Map() };
    }),
  );
  entries.sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    layout: slots > 0 ? 'slots' : by === 'folder' ? 'named' : 'suffix',
    labels: distinct,
    entries,
    orphans,
  };
}

function maskName(
  { path: folder, images, lone }: CaseFolder,
  keys: ImageKeys,
  path: string,
): MaskName | undefined {
  const below = withoutEnding(folder === '' ? path : path.slice(folder.length + 1));
  if (!lone) return parseMaskName(below, keys);
  const parts = below.split('/');
  return { key: [...images.keys()][0] as string, folders: parts.slice(0, -1), suffix: fileName(below) };
}

function noImages(files: readonly string[], input: string): InputError {
  const other = files.find(isOtherPicture);
  return new InputError({
    code: 'no-images',
    input,
    problem:
      other === undefined ? 'holds no images' : `holds no PNG or JPEG images, but files such as ${other}`,
    remedy:
      other === undefined ? EXPECTED : 'Convert images to PNG or JPEG and masks to PNG; or volumes to NIfTI',
  });
}

function mixed(labels: readonly string[], input: string): InputError {
  return new InputError({
    code: 'mixed-layouts',
    input,
    problem: `mixes readers without a name (${labels.find(meansSlot)}) and named ones (${labels.find((label) => !meansSlot(label))})`,
    remedy: 'Give one dataset at a time',
  });
}

function twoMasks(path: string, twin: string): InputError {
  return new InputError({
    code: 'two-masks',
    input: path,
    problem: `is of the same image and reader as ${twin}`,
    remedy: 'Keep one of them, or name the readers apart',
  });
}
