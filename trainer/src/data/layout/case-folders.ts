import { imageKeys } from './image-keys.ts';
import { parseMaskName } from './mask-name.ts';
import { fileName, folderOf, withoutEnding } from './paths.ts';
import { meansImages } from './words.ts';

/** A folder in which images and the masks that belong to them lie. */
export interface CaseFolder {
  /** '' for the top. */
  readonly path: string;
  /** Images by key: the path below the folder of images, without ending; unique in this folder. */
  readonly images: ReadonlyMap<string, string>;
  /** Everything else that is a picture. */
  readonly others: readonly string[];
  /** The folder is one image's own: every mask in it belongs to that. */
  readonly lone: boolean;
}

/**
 * Looks where images are: in folders called so, each with its masks beside it; or, without such, above or among their
 * masks.
 *
 * @param isImageFolder tells by its name whether a folder holds images
 */
export function findCaseFolders(
  pictures: readonly string[],
  isImageFolder: (name: string) => boolean,
): CaseFolder[] {
  /** The deepest folder of images in which a picture lies; undefined if there is none. */
  const imageFolder = (path: string): string | undefined => {
    const folders = path.split('/').slice(0, -1);
    const last = folders.findLastIndex(isImageFolder);
    return last < 0 ? undefined : folders.slice(0, last + 1).join('/');
  };
  const images = new Map<string, Map<string, string>>();
  const rest: string[] = [];
  for (const path of pictures) {
    const folder = imageFolder(path);
    if (folder === undefined) {
      rest.push(path);
      continue;
    }
    const parent = folderOf(folder);
    const keyed = images.get(parent) ?? new Map<string, string>();
    images.set(parent, keyed.set(withoutEnding(path.slice(folder.length + 1)), path));
  }
  if (images.size === 0) return foldersOfBoth(rest);
  const others = Map.groupBy(rest, (path) => nearest(images, folderOf(path)));
  const folders = [...images].map(([path, keyed]) => {
    const masks = others.get(path) ?? [];
    return masks.length > 0
      ? { path, images: keyed, others: masks, lone: false }
      : separate(path, [...keyed.values()]);
  });
  const astray = images.has('') ? undefined : others.get('');
  return astray === undefined
    ? folders
    : [...folders, { path: '', images: new Map(), others: astray, lone: false }];
}

/** The deepest folder, from `folder` upwards, that has images; '' when there is none. */
function nearest(images: ReadonlyMap<string, unknown>, folder: string): string {
  for (let at = folder; at !== ''; at = folderOf(at)) if (images.has(at)) return at;
  return '';
}

/** Without a folder of images: images with masks in folders below them, or with masks beside them. */
function foldersOfBoth(pictures: readonly string[]): CaseFolder[] {
  const byFolder = Map.groupBy(pictures, folderOf);
  const above = [...byFolder].flatMap(([path, direct]): CaseFolder[] => {
    const start = path === '' ? '' : `${path}/`;
    const below = pictures.filter((other) => other.startsWith(start) && folderOf(other) !== path);
    const images = new Map(direct.map((image) => [fileName(withoutEnding(image)), image]));
    const keys = imageKeys(images.keys());
    const belong = below.some((mask) => parseMaskName(withoutEnding(mask.slice(start.length)), keys));
    return belong ? [{ path, images, others: below, lone: false }] : [];
  });
  return above.length > 0 ? above : [...byFolder].map(([folder, paths]) => separate(folder, paths));
}

/**
 * Tells images from masks in one folder: masks are named after their image (`x.jpg`, `x_reader.png`), or the one image
 * is called so (`image.png`, `mask-1.png`).
 */
function separate(folder: string, paths: readonly string[]): CaseFolder {
  const stems = new Map(paths.map((path) => [fileName(withoutEnding(path)), path]));
  const called = [...stems.keys()].filter(meansImages);
  const one = called.length === 1 ? called[0] : undefined;
  if (one !== undefined) {
    const image = stems.get(one) as string;
    const others = paths.filter((path) => path !== image);
    return { path: folder, images: new Map([[one, image]]), others, lone: true };
  }
  const followed = new Set<string>();
  const masks = new Set<string>();
  for (const [stem, path] of stems) {
    const image = shortestPrefix(stem, stems);
    if (image === undefined) continue;
    followed.add(image);
    masks.add(path);
  }
  const images = [...stems].filter(
    ([stem, path]) => !masks.has(path) && (followed.has(stem) || masks.size === 0),
  );
  return { path: folder, images: new Map(images), others: [...masks], lone: false };
}

function shortestPrefix(stem: string, stems: ReadonlyMap<string, string>): string | undefined {
  for (const { index } of stem.matchAll(/[-_. ]/g)) {
    const prefix = stem.slice(0, index);
    if (stems.has(prefix)) return prefix;
  }
  return undefined;
}
