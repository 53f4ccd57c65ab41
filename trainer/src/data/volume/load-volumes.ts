import { basename, resolve } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { chooseEntries, patientsOf } from '../choose-entries.ts';
import type { DatasetCard } from '../dataset-card.ts';
import { chooseFrame } from '../frame.ts';
import { keepSamples, nothingLeft } from '../keep-samples.ts';
import type { Layout } from '../layout/find-layout.ts';
import { makeSample } from '../make-sample.ts';
import { emptyLike, maskBitsArray } from '../mask-bits.ts';
import type { DataOptions } from '../options.ts';
import { allProblems, orInputError } from '../problems.ts';
import { personRaters, rankRaters } from '../rater-ids.ts';
import type { Dataset, Sample, SamplePixels } from '../sample.ts';
import type { Source } from '../source/source.ts';
import { sourceSha256 } from '../source-hash.ts';
import { commonSpacing } from './common-spacing.ts';
import type { FileReader } from './file-reader.ts';
import { SliceStore } from './slice-store.ts';
import { type StoredSlice, slicesOfCase } from './slices-of-case.ts';
import type { Spacing, VolumeCase, VolumeSet } from './volume.ts';

/** What loading volumes needs to know beside them. */
export interface VolumeLoading {
  readonly source: Source;
  readonly reader: FileReader;
  readonly options: DataOptions;
  readonly card: DatasetCard;
  /** Height and width of the model input, pixels. */
  readonly size: number;
  readonly fewestReaders: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Makes a dataset of volumes: reads each once, one at a time, and keeps its slices in a temporary file.
 *
 * @throws InputError for anything wrong with the data: all files' problems in one
 */
export async function loadVolumes(set: VolumeSet, loading: VolumeLoading): Promise<Dataset> {
  const store = await SliceStore.create();
  try {
    return await withStore(set, loading, store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function withStore(set: VolumeSet, loading: VolumeLoading, store: SliceStore): Promise<Dataset> {
  const { source, reader, card, size } = loading;
  const options = checkedChannels(loading.options, set.channels, source.path);
  const layout = layoutOf(set);
  const { personas } = chooseEntries(layout, options, card, source.path, loading.fewestReaders);
  const patientOfCase = patientsOf(layout, options, card);
  const problems: InputError[] = [...set.problems];
  const spacing = await targetSpacing(set.cases, options.spacing, card);
  const slicing = { set, labels: personas.labels, spacing, window: size, store };
  const outlined: StoredSlice[] = [];
  const blank: StoredSlice[] = [];
  const patients = new Map<string, string>();
  for (const [done, found] of set.cases.entries()) {
    const slices = await orInputError(async () => {
      const volume = await found.open();
      return slicesOfCase(found, { ...volume, spacing: volume.spacing ?? card.spacing ?? null }, slicing);
    });
    loading.onProgress?.(done + 1, set.cases.length);
    if (slices instanceof InputError) {
      problems.push(slices);
      continue;
    }
    for (const { inspected } of [...slices.outlined, ...slices.blank]) {
      patients.set(inspected.entry.id, patientOfCase.get(found.id) as string);
    }
    outlined.push(...slices.outlined);
    blank.push(...slices.blank);
  }
  if (problems.length > 0 && options.onBroken === 'fail') throw allProblems(source.path, problems);
  const inspected = outlined.map((slice) => slice.inspected);
  const { kept, incomplete, unlabelled } = keepSamples(inspected, personas, options, patients);
  if (kept.length === 0) throw nothingLeft(source.path, problems);

  const slices = byId([...outlined, ...blank], reader);
  const placed = (sample: Sample): Sample => ({
    ...sample,
    place: (slices.get(sample.id) as StoredSlice).place,
  });
  const inOrder = (a: Sample, b: Sample) => (a.id < b.id ? -1 : 1);
  const samples = kept.map(placed).sort(inOrder);
  // Of a volume that nobody outlined, or of which no slice is kept, nothing is known.
  const volumes = new Set(samples.map(({ place }) => place?.volume));
  const blanks = blank
    .filter(({ place, inspected: { areas } }) => volumes.has(place.volume) && areas.size > 0)
    .map(({ inspected: entry }) =>
      placed(
        makeSample(entry, patients.get(entry.entry.id) as string, { ...personas, emptyIsAbsent: false }),
      ),
    )
    .sort(inOrder);
  const used = samples.map(({ id }) => (slices.get(id) as StoredSlice).inspected.union);
  const sum = (of: (union: (typeof used)[number]) => number) =>
    used.reduce((total, union) => total + of(union), 0);
  const frame = chooseFrame({ total: sum(({ area }) => area), outside: sum(({ outside }) => outside) });
  const { kind, labels } = personas;
  return {
    name: card.name ?? basename(resolve(source.path)).replace(/\.zip$/i, ''),
    layout: set.layout,
    kind,
    raters: kind === 'rank' ? rankRaters(labels.length) : personRaters(labels),
    samples,
    blanks,
    channels: set.channels,
    frame: options.frame !== 'auto' ? options.frame : set.byLesion ? 'lesion' : frame,
    size,
    spacing: spacing ?? card.spacing ?? null,
    modality: card.modality ?? set.modality,
    units: set.units,
    window: set.window,
    licence: card.licence ?? 'not stated',
    attribution: card.attribution ?? 'not stated',
    sourceSha256: sourceSha256(reader.digests),
    notes: {
      unlabelled: unlabelled + blank.length,
      incomplete,
      orphanMasks: set.orphans.length,
      emptyOpinions: samples.reduce(
        (n, { present, areas }) => n + present.filter((here, r) => here && areas[r] === 0).length,
        0,
      ),
      skipped: problems.map(({ message }) => message),
    },
    pixels: (sample) => readSlice(sample, slices.get(sample.id) as StoredSlice, labels, set.channels, store),
    async close() {
      await store.close();
      await source.close();
    },
  };
}

/** Cases as a layout, for choosing readers and finding patients. */
function layoutOf({ slots, labels, cases, orphans }: VolumeSet): Layout {
  return {
    layout: slots ? 'slots' : 'named',
    labels,
    entries: cases.map(({ id, file }) => ({ id, folder: '', key: id, image: file, masks: new Map() })),
    orphans,
  };
}

function checkedChannels(options: DataOptions, channels: number, input: string): DataOptions {
  if (options.channels === 'auto' || options.channels === channels) return options;
  throw new InputError({
    code: 'other-channels',
    input: `data.channels: ${options.channels}`,
    problem: `is not how many sequences ${input} has: ${channels}`,
    remedy: 'Choose sequences with data.sequences, and leave data.channels out',
  });
}

/** @throws InputError for two files that are the same slice of a volume */
function byId(slices: readonly StoredSlice[], reader: FileReader): Map<string, StoredSlice> {
  const found = new Map<string, StoredSlice>();
  for (const slice of slices) {
    const { id, image } = slice.inspected.entry;
    const twin = found.get(id);
    if (twin !== undefined) {
      throw new InputError({
        code: 'same-slice',
        input: reader.fullName(image),
        problem: `is the same slice of a volume as ${twin.inspected.entry.image}`,
        remedy: 'Keep one of them, or rename the files',
      });
    }
    found.set(id, slice);
  }
  return found;
}

async function targetSpacing(
  cases: readonly VolumeCase[],
  wanted: DataOptions['spacing'],
  card: DatasetCard,
): Promise<Spacing | null> {
  if (typeof wanted === 'number') return [wanted, wanted];
  if (wanted === null) return null;
  const spacings: (Spacing | null)[] = [];
  for (const found of cases) {
    const own = await orInputError(() => found.spacing()); // what is wrong comes up again when the case is opened
    spacings.push(own instanceof InputError ? null : (own ?? card.spacing ?? null));
  }
  return commonSpacing(spacings);
}

async function readSlice(
  { height, width, masks }: Sample,
  stored: StoredSlice,
  labels: readonly string[],
  channels: number,
  store: SliceStore,
): Promise<SamplePixels> {
  const [image, packed] = await Promise.all([store.read(stored.image), store.read(stored.masks)]);
  const Bits = maskBitsArray(labels.length, 0).constructor as Uint8ArrayConstructor;
  const byLabel = new Bits(packed.buffer);
  const bits = emptyLike(byLabel, byLabel.length);
  masks.forEach((label, persona) => {
    if (label === null) return;
    const from = labels.indexOf(label);
    for (let i = 0; i < bits.length; i++) {
      bits[i] = (bits[i] as number) | ((((byLabel[i] as number) >>> from) & 1) << persona);
    }
  });
  return {
    image: { height, width, channels, bitDepth: 16, data: new Uint16Array(image.buffer) },
    masks: { height, width, data: bits },
  };
}
