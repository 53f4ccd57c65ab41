import { basename, resolve } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { parseOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { onlyComplete } from './choose-readers.ts';
import { type DatasetCard, readDatasetCard } from './dataset-card.ts';
import { chooseFrame } from './frame.ts';
import { type InspectedEntry, inspectEntry } from './inspect-entry.ts';
import { type Entry, findLayout, type Layout } from './layout/find-layout.ts';
import { isPicture } from './layout/paths.ts';
import { findPatients, patientsByPattern } from './layout/patients.ts';
import { makeSample, type Personas, presentReaders } from './make-sample.ts';
import { type DataOptions, type DataOptionsInput, dataOptionsSchema } from './options.ts';
import { allProblems, orInputError } from './problems.ts';
import { personRaters, rankRaters } from './rater-ids.ts';
import { hasColours, type Pictures, readImage, readPixels } from './read-pixels.ts';
import type { Dataset, PersonaKind, Sample } from './sample.ts';
import { selectNames } from './select.ts';
import { mapConcurrently } from './source/map-concurrently.ts';
import { openSource } from './source/open-source.ts';
import { commonFolder, type Source } from './source/source.ts';
import { sourceSha256 } from './source-hash.ts';

/** Readings under way at once: enough to keep a disk busy. */
const AT_ONCE = 8;

export interface LoadOptions extends DataOptionsInput {
  /** Height and width of the model input, pixels. */
  readonly size: number;
  /** Told how many of all images were checked. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Finds out how a folder or zip archive of multi-rater data is laid out, checks every file that it will use, and
 * assigns ranks. Pixels are read again when they are needed.
 *
 * @throws InputError for anything wrong with the data: all files' problems in one, the first twenty told
 */
export async function loadDataset(
  path: string,
  { size, onProgress, ...given }: LoadOptions,
): Promise<Dataset> {
  const options = parseOrThrow(dataOptionsSchema, given, 'data options', 'Correct these settings');
  const source = await openSource(path);
  try {
    return await checkDataset(source, options, size, onProgress);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function checkDataset(
  source: Source,
  options: DataOptions,
  size: number,
  onProgress: LoadOptions['onProgress'],
): Promise<Dataset> {
  const { path } = source;
  const folder = commonFolder(source.files.filter(isPicture));
  const files = source.files
    .filter((file) => file.startsWith(folder))
    .map((file) => file.slice(folder.length));
  const card = await readDatasetCard(source, folder);
  const layout = findLayout(files, path);
  const { entries, personas } = choose(layout, options, card, path);
  const labelled = entries.filter(({ masks }) => masks.size > 0);

  const pictures: Pictures = { source, folder, maxPixels: options.maxPixels };
  const inspection = { ...pictures, window: size, empty: new Map() };
  let done = 0;
  const inspected = await mapConcurrently(labelled, AT_ONCE, async (entry) => {
    const result = await inspectEntry(entry, inspection);
    onProgress?.(++done, labelled.length);
    return result;
  });
  const problems = inspected.flatMap((entry) => entry.problems);
  const whole = inspected.filter((entry) => entry.problems.length === 0);
  const { kept, unlabelled, incomplete } = keep(whole, personas, options, patientsOf(layout, options, card));

  let colours = false;
  const samples: Sample[] = [];
  await mapConcurrently(kept, AT_ONCE, async (sample) => {
    const image = await orInputError(() => readImage(pictures, sample));
    if (image instanceof InputError) problems.push(image);
    else {
      samples.push(sample);
      colours ||= hasColours(image);
    }
  });
  if (problems.length > 0 && options.onBroken === 'fail') throw allProblems(path, problems);
  if (samples.length === 0) throw nothingLeft(path, problems);
  samples.sort((a, b) => (a.id < b.id ? -1 : 1));

  const used = new Set(samples.map(({ id }) => id));
  const unions = whole.filter(({ entry }) => used.has(entry.id)).map(({ union }) => union);
  const outlined = {
    total: unions.reduce((sum, { area }) => sum + area, 0),
    outside: unions.reduce((sum, { outside }) => sum + outside, 0),
  };
  const { kind, labels } = personas;
  return {
    name: card.name ?? basename(resolve(path)).replace(/\.zip$/i, ''),
    layout: layout.layout,
    kind,
    raters: kind === 'rank' ? rankRaters(labels.length) : personRaters(labels),
    samples,
    channels: options.channels === 'auto' ? (colours ? 3 : 1) : options.channels,
    frame: options.frame === 'auto' ? chooseFrame(outlined) : options.frame,
    size,
    spacing: card.spacing ?? null,
    modality: card.modality ?? null,
    licence: card.licence ?? 'not stated',
    attribution: card.attribution ?? 'not stated',
    sourceSha256: sourceSha256(new Map(inspected.flatMap(({ digests }) => [...digests]))),
    notes: {
      unlabelled: entries.length - labelled.length + unlabelled,
      incomplete,
      orphanMasks: layout.orphans.length,
      emptyOpinions: samples.reduce(
        (n, s) => n + s.present.filter((here, r) => here && s.areas[r] === 0).length,
        0,
      ),
      skipped: problems.map(({ message }) => message),
    },
    pixels: (sample) => readPixels(pictures, sample),
    close: () => source.close(),
  };
}

/** The images and readers that the options ask for. @throws InputError when fewer than two readers are left */
function choose(
  { layout, labels, entries }: Layout,
  { sets, raters, kind }: DataOptions,
  card: DatasetCard,
  input: string,
): { entries: Entry[]; personas: Personas } {
  const folders = selectNames([...new Set(entries.map(({ folder }) => folder))], sets, 'data.sets');
  const readers = selectNames(labels, raters, 'data.raters');
  const chosen = labels.filter((label) => readers.has(label));
  if (chosen.length < 2) {
    throw new InputError({
      code: 'one-rater',
      input,
      problem: `has the masks of one reader only (${chosen[0]})`,
      remedy:
        'Personas need at least two readers for the same images; give the folder that holds all of them',
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
function patientsOf(
  { layout, entries }: Layout,
  options: DataOptions,
  card: DatasetCard,
): ReadonlyMap<string, string> {
  const pattern = options.patientPattern ?? card.patientPattern;
  const patients =
    pattern === undefined ? findPatients(entries, layout === 'slots') : patientsByPattern(entries, pattern);
  return new Map(entries.map(({ id }, i) => [id, patients[i] as string]));
}

/** Leaves out images without an opinion, and where only complete ones are wanted, those where a reader is missing. */
function keep(
  inspected: readonly InspectedEntry[],
  personas: Personas,
  { readers }: DataOptions,
  patients: ReadonlyMap<string, string>,
): { kept: Sample[]; unlabelled: number; incomplete: number } {
  const outlined = inspected.filter((entry) => presentReaders(entry, personas).length > 0);
  const samples = outlined.map((entry) =>
    makeSample(entry, patients.get(entry.entry.id) as string, personas),
  );
  const complete = samples.filter(({ present }) => present.every(Boolean));
  const completePatients = new Set(complete.map(({ patient }) => patient)).size;
  const found = { any: samples.length, complete: complete.length, completePatients };
  const kept = onlyComplete(readers, personas.kind, found) ? complete : samples;
  return { kept, unlabelled: inspected.length - samples.length, incomplete: samples.length - kept.length };
}

function nothingLeft(input: string, problems: readonly InputError[]): InputError {
  if (problems.length > 0) return allProblems(input, problems);
  return new InputError({
    code: 'no-samples',
    input,
    problem: 'has no image that the chosen readers outlined',
    remedy: 'Choose fewer readers (data.raters), or take images where some are missing (data.readers=any)',
  });
}
