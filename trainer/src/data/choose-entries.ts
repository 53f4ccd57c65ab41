import { InputError } from '@d-persona/shared/errors.ts';
import type { DatasetCard } from './dataset-card.ts';
import type { Entry, Layout } from './layout/find-layout.ts';
import { findPatients, patientsByPattern } from './layout/patients.ts';
import type { Personas } from './make-sample.ts';
import { MOST_RATERS } from './mask-bits.ts';
import type { DataOptions } from './options.ts';
import type { PersonaKind } from './sample.ts';
import { selectNames } from './select.ts';

/** The images and readers that the options ask for. @throws InputError when fewer than two readers are left, or more than 32 */
export function chooseEntries(
  { layout, labels, entries }: Layout,
  { sets, raters, kind }: DataOptions,
  card: DatasetCard,
  input: string,
  fewest: number,
): { entries: Entry[]; personas: Personas } {
  const folders = selectNames([...new Set(entries.map(({ folder }) => folder))], sets, 'data.sets');
  const readers = selectNames(labels, raters, 'data.raters');
  const chosen = labels.filter((label) => readers.has(label));
  if (chosen.length < fewest) {
    throw new InputError({
      code: 'one-rater',
      input,
      problem: `has the masks of one reader only (${chosen[0]})`,
      remedy:
        'Personas need at least two readers for the same images; give the folder that holds all of them',
    });
  }
  if (chosen.length > MOST_RATERS) {
    throw new InputError({
      code: 'too-many-raters',
      input,
      problem: `has ${chosen.length} readers (${chosen.slice(0, 3).join(', ')}, …), more than ${MOST_RATERS}`,
      remedy: 'Choose some of them (data.raters)',
    });
  }
  const mine = entries.filter(({ folder }) => folders.has(folder));
  const slots = layout === 'slots';
  const stated: PersonaKind = card.kind ?? (slots ? 'rank' : 'person');
  return {
    entries: mine.map((entry) => ({
      ...entry,
      masks: new Map([...entry.masks].filter(([label]) => readers.has(label))),
    })),
    personas: { kind: kind === 'auto' ? stated : kind, labels: chosen, emptyIsAbsent: slots },
  };
}

/** The patient of each entry, by id. All entries of the layout count, so that a choice of some changes no patient. */
export function patientsOf(
  { layout, entries }: Layout,
  options: DataOptions,
  card: DatasetCard,
): ReadonlyMap<string, string> {
  const pattern = options.patientPattern ?? card.patientPattern;
  const patients =
    pattern === undefined ? findPatients(entries, layout === 'slots') : patientsByPattern(entries, pattern);
  return new Map(entries.map(({ id }, i) => [id, patients[i] as string]));
}
