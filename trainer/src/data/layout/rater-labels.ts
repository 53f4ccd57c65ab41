import type { MaskName } from './mask-name.ts';
import { meansMasks } from './words.ts';

/** How masks name their readers, over the whole dataset. */
export interface RaterLabels {
  /** The label of each mask name given, in that order. */
  readonly labels: readonly string[];
  /** Whether readers are told by folder or by what follows the image's name. */
  readonly by: 'folder' | 'suffix';
}

/**
 * A reader's label is what varies: folders such as `masks` that only say what is in them, and whatever all masks share,
 * say nothing of who drew them.
 */
export function labelRaters(names: readonly Pick<MaskName, 'folders' | 'suffix'>[]): RaterLabels {
  const folders = names.map((name) => withoutContainers(name));
  const shared = commonStart(folders);
  const told = folders.map((list) => list.slice(shared).join('/'));
  const suffixes = Map.groupBy(names, (_, i) => told[i] as string);
  const repeats = [...suffixes.values()].every((own) => new Set(own.map(({ suffix }) => suffix)).size === 1);
  // A suffix that goes with the folder (`ann/x_seg`, `ann/x_ann`) adds nothing to it.
  const labels = names.map(({ suffix }, i) =>
    [told[i] as string, repeats && told.length > 1 ? '' : suffix].filter((part) => part !== '').join('/'),
  );
  const by = folders.some((list) => list.length > shared) ? 'folder' : 'suffix';
  if (labels.some((label) => label !== '')) {
    return { labels: labels.map((label) => (label === '' ? 'unnamed' : label)), by };
  }
  const only = names[0]?.folders.at(-1) ?? names[0]?.suffix ?? '';
  return { labels: labels.map(() => only || 'mask'), by };
}

/** A folder that names no reader is dropped, unless nothing else is left to tell readers by. */
function withoutContainers({ folders, suffix }: Pick<MaskName, 'folders' | 'suffix'>): string[] {
  const telling = folders.filter((folder) => !meansMasks(folder));
  return telling.length > 0 || suffix !== '' ? telling : folders.slice(-1);
}

/** How many leading parts all lists share. */
function commonStart(lists: readonly (readonly string[])[]): number {
  const first = lists[0] ?? [];
  let shared = first.length;
  for (const list of lists) {
    const differing = first.findIndex((part, i) => part !== list[i]);
    if (differing >= 0) shared = Math.min(shared, differing);
  }
  return shared;
}
