import type { ImageKeys } from './image-keys.ts';
import { fileName } from './paths.ts';

/** What a mask's path says: which image it belongs to, and what is left, which tells the reader. */
export interface MaskName {
  /** Key of the image. */
  readonly key: string;
  /** Folders that are not part of the key. */
  readonly folders: readonly string[];
  /** What follows the image's name in the file's; '' if nothing does. */
  readonly suffix: string;
}

/**
 * Reads a mask's path (below its case folder, without ending) against the keys of the images. Known are
 * `<reader>/<image>`, `<image>_<reader>` and `<image>/<reader>`, with any folders before.
 *
 * @returns undefined when it names no image
 */
export function parseMaskName(path: string, keys: ImageKeys): MaskName | undefined {
  const parts = path.split('/');
  const last = parts.length - 1;
  for (let i = 0; i <= last; i++) {
    const key = keys.find(parts.slice(i).join('/'));
    if (key !== undefined) return { key, folders: parts.slice(0, i), suffix: '' };
  }
  for (let i = 0; i <= last; i++) {
    const found = withSuffix(parts.slice(i).join('/'), keys);
    if (found !== undefined) {
      const folders = parts.slice(0, i).filter((folder) => folder !== fileName(found.key));
      return { ...found, folders };
    }
  }
  for (let i = 0; i < last; i++) {
    const key = keys.find(parts.slice(i, last).join('/'));
    if (key !== undefined) return { key, folders: parts.slice(0, i), suffix: parts[last] as string };
  }
  return undefined;
}

function withSuffix(path: string, keys: ImageKeys): { key: string; suffix: string } | undefined {
  const separators = [...path.matchAll(/[-_. ]+/g)].reverse(); // the longest image name first
  for (const { index, 0: separator } of separators) {
    const key = keys.find(path.slice(0, index));
    const suffix = path.slice(index + separator.length);
    if (key !== undefined && suffix !== '' && !suffix.includes('/')) return { key, suffix };
  }
  return undefined;
}
