import { fileName } from './paths.ts';
import { meansImages, meansMasks } from './words.ts';

/** Finds an image by what a mask's path calls it. */
export interface ImageKeys {
  find(name: string): string | undefined;
}

/**
 * Masks do not always repeat the image's whole name: of `images/21_training` and `image_021` only `21` and `021` may be
 * left, as `21_manual1` and `mask_021`. A word that all images of a folder end with, or begin with before a number, is
 * therefore not needed to find them.
 *
 * @param keys of one folder's images
 */
export function imageKeys(keys: Iterable<string>): ImageKeys {
  const list = [...keys];
  const known = new Map(list.map((key) => [key, key]));
  const tail = shared(list, /[-_. ][a-z]+$/i);
  const head = shared(list, /(?<=^|\/)[a-z]+[-_. ]?(?=\d[^/]*$)/i);
  if (list.length > 1) {
    for (const key of list) {
      if (tail !== undefined) alias(known, key.slice(0, -tail.length), key);
      if (head !== undefined && meansImages(head.replace(/[-_. ]$/, ''))) {
        const name = fileName(key);
        alias(known, key.slice(0, -name.length) + name.slice(head.length), key);
      }
    }
  }
  return {
    find(name) {
      const exact = known.get(name);
      if (exact !== undefined) return exact;
      const file = fileName(name);
      const [word = ''] = /^[a-z]+[-_. ]?(?=\d)/i.exec(file) ?? [];
      if (!meansMasks(word.replace(/[-_. ]$/, ''))) return undefined;
      return known.get(name.slice(0, -file.length) + file.slice(word.length));
    },
  };
}

function alias(known: Map<string, string>, name: string, key: string): void {
  if (name !== '' && !known.has(name)) known.set(name, key);
}

/** What the pattern finds in every key, if it is the same in all. */
function shared(keys: readonly string[], pattern: RegExp): string | undefined {
  const found = new Set(keys.map((key) => pattern.exec(key)?.[0]));
  return found.size === 1 ? [...found][0] : undefined;
}
