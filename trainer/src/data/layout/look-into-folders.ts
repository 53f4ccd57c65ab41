import { InputError } from '@d-persona/shared/errors.ts';
import { findLayout, type Layout } from './find-layout.ts';
import { fileName, folderOf, isPicture } from './paths.ts';
import { meansImageFolder } from './words.ts';

/** Pictures of each folder name that are opened. */
const PROBES = 3;

/**
 * As {@link findLayout}; but where names do not tell which folder holds the images, a few pictures of each are opened:
 * the images are in the folder whose pictures are no masks, if there is one such.
 *
 * @param isMask whether a picture, by its path, is black and white
 * @throws InputError as findLayout does
 */
export async function lookIntoFolders(
  files: readonly string[],
  input: string,
  isMask: (path: string) => Promise<boolean>,
): Promise<Layout> {
  try {
    return findLayout(files, input);
  } catch (error) {
    if (!(error instanceof InputError) || error.code !== 'no-masks') throw error;
    const byName = Map.groupBy(files.filter(isPicture), (path) => fileName(folderOf(path)));
    const names: string[] = [];
    if ([...byName.keys()].some(meansImageFolder) || byName.size > 2 * PROBES * PROBES) throw error;
    for (const [name, paths] of byName) {
      const masks = await Promise.all(paths.slice(0, PROBES).map(isMask));
      if (name !== '' && !masks.some(Boolean)) names.push(name);
    }
    if (names.length !== 1) throw error;
    return findLayout(files, input, (name) => name === names[0]);
  }
}
