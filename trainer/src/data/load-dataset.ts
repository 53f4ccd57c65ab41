import { basename, resolve } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { parseOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { chooseEntries, patientsOf } from './choose-entries.ts';
import { readDatasetCard } from './dataset-card.ts';
import { chooseFrame } from './frame.ts';
import { inspectEntry } from './inspect-entry.ts';
import { keepSamples, nothingLeft } from './keep-samples.ts';
import { lookIntoFolders } from './layout/look-into-folders.ts';
import { type DataOptions, type DataOptionsInput, dataOptionsSchema } from './options.ts';
import { allProblems, orInputError } from './problems.ts';
import { personRaters, rankRaters } from './rater-ids.ts';
import { hasColours, isMask, type Pictures, readImage, readPixels } from './read-pixels.ts';
import type { Dataset, Sample } from './sample.ts';
import { mapConcurrently } from './source/map-concurrently.ts';
import { openSource } from './source/open-source.ts';
import { commonFolder, type Source } from './source/source.ts';
import { sourceSha256 } from './source-hash.ts';
import { FileReader } from './volume/file-reader.ts';
import { belongsTo, findVolumes, formatOf } from './volume/find-volumes.ts';
import { loadVolumes } from './volume/load-volumes.ts';

/** Readings under way at once: enough to keep a disk busy. */
const AT_ONCE = 8;

export interface LoadOptions extends DataOptionsInput {
  /** Height and width of the model input, pixels. */
  readonly size: number;
  /** Readers that there must be; 2 if left out, as personas need. */
  readonly fewestReaders?: number;
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
  { size, fewestReaders = 2, onProgress, ...given }: LoadOptions,
): Promise<Dataset> {
  const options = parseOrThrow(dataOptionsSchema, given, 'data options', 'Correct these settings');
  const source = await openSource(path);
  try {
    return await checkDataset(source, options, size, fewestReaders, onProgress);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function checkDataset(
  source: Source,
  options: DataOptions,
  size: number,
  fewestReaders: number,
  onProgress: LoadOptions['onProgress'],
): Promise<Dataset> {
  const { path } = source;
  const format = await formatOf(source);
  const folder = commonFolder(source.files.filter((file) => belongsTo(format, file)));
  const files = source.files
    .filter((file) => file.startsWith(folder))
    .map((file) => file.slice(folder.length));
  if (format !== 'pictures') {
    const reader = new FileReader(source, folder);
    const card = await readDatasetCard(source, folder);
    const volumes = await findVolumes(format, files, reader, options);
    return loadVolumes(volumes, { source, reader, options, card, size, fewestReaders, onProgress });
  }
  const pictures: Pictures = { source, folder, maxPixels: options.maxPixels };
  const card = await readDatasetCard(source, folder);
  const layout = await lookIntoFolders(files, path, (file) => isMask(pictures, file));
  const { entries, personas } = chooseEntries(layout, options, card, path, fewestReaders);
  const labelled = entries.filter(({ masks }) => masks.size > 0);

  const inspection = { ...pictures, window: size, empty: new Map() };
  let done = 0;
  const inspected = await mapConcurrently(labelled, AT_ONCE, async (entry) => {
    const result = await inspectEntry(entry, inspection);
    onProgress?.(++done, labelled.length);
    return result;
  });
  const problems = inspected.flatMap((entry) => entry.problems);
  const whole = inspected.filter((entry) => entry.problems.length === 0);
  const { kept, unlabelled, incomplete } = keepSamples(
    whole,
    personas,
    options,
    patientsOf(layout, options, card),
  );

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
    blanks: [],
    channels: options.channels === 'auto' ? (colours ? 3 : 1) : options.channels,
    frame: options.frame === 'auto' ? chooseFrame(outlined) : options.frame,
    size,
    spacing: card.spacing ?? null,
    modality: card.modality ?? null,
    units: null,
    window: null,
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
