import { InputError } from '@d-persona/shared/errors.ts';
import { byNumbersInNames } from '../layout/paths.ts';
import { meansSlot } from '../layout/words.ts';
import { selectNames } from '../select.ts';
import type { Look } from './looks-like-mask.ts';
import { roleLabels } from './roles.ts';
import type { VolumeSet } from './volume.ts';

/** Roles of a dataset's files, sorted out. */
export interface ChosenRoles {
  /** Roles of the sequences that become channels, in order. */
  readonly sequences: readonly string[];
  /** Each reader's label by role, in the readers' order. */
  readonly readers: ReadonlyMap<string, string>;
  /** Readers are slots without a name. */
  readonly slots: boolean;
}

/** What these roles make of a dataset of volumes whose format tells neither units nor modality nor lesions. */
export function setOfRoles({ slots, readers, sequences }: ChosenRoles) {
  return {
    slots,
    labels: [...readers.values()],
    channels: sequences.length,
    values: 'standardised',
    units: null,
    window: null,
    modality: null,
    byLesion: false,
    problems: [],
  } satisfies Partial<VolumeSet>;
}

/**
 * Tells sequences from masks by what is in them.
 *
 * @param looks of each role
 * @param input what the user called the dataset
 * @throws InputError `no-images`, `no-masks`, or for a sequence asked for that is not there
 */
export function chooseRoles(
  looks: ReadonlyMap<string, Look>,
  wanted: readonly string[] | null,
  input: string,
): ChosenRoles {
  const roles = [...looks.keys()].sort(byNumbersInNames);
  const images = roles.filter((role) => looks.get(role) === 'image');
  const masks = roles.filter((role) => looks.get(role) !== 'image');
  if (images.length === 0 || masks.length === 0) {
    throw new InputError({
      code: images.length === 0 ? 'no-images' : 'no-masks',
      input,
      problem:
        images.length === 0
          ? `has volumes of labels only (${masks.slice(0, 4).join(', ')})`
          : `has images (${images.slice(0, 4).join(', ')}), but no masks: files of whole numbers with few values`,
      remedy:
        'Give a folder with a folder for each patient, which holds the images and a mask of each reader',
    });
  }
  const names = roleLabels(images);
  const readers = roleLabels(masks);
  const slots = [...readers.values()].every(meansSlot);
  return { sequences: inOrder(names, wanted), readers, slots };
}

function inOrder(names: ReadonlyMap<string, string>, wanted: readonly string[] | null): string[] {
  const labels = [...names.values()];
  const order = wanted?.flatMap((pattern) => [...selectNames(labels, [pattern], 'data.sequences')]) ?? labels;
  const roles = new Map([...names].map(([role, label]) => [label, role]));
  return [...new Set(order)].map((label) => roles.get(label) as string);
}

export function missingSequence(input: string, role: string): InputError {
  return new InputError({
    code: 'missing-sequence',
    input,
    problem: `has no ${role}, which other cases have`,
    remedy:
      'Add it, choose the sequences that all cases have (data.sequences), or skip it: data.onBroken=skip',
  });
}
