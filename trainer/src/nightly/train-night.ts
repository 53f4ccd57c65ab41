import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import { writeFileAtomically } from '../run/atomic-file.ts';
import { readCase } from './annotated-case.ts';
import type { DatasetVersion, VersionCase } from './dataset-version.ts';
import type { LedgerEntry } from './hospital-ledger.ts';
import type { NightContext } from './night-context.ts';
import type { NightHead, NightReader } from './night-results.ts';
import { trainReader } from './train-reader.ts';

const fileOf = (nightFolder: string, persona: string) => join(nightFolder, `head-${persona}.bin`);

/** Trains and judges one reader's head; its weights go into the night's folder. */
export async function trainNight(
  { folder, night, settings, tell, hospital }: NightContext,
  nightFolder: string,
  release: Release,
  version: DatasetVersion,
  entries: readonly LedgerEntry[],
  { persona, title, withdrawn }: NightReader,
): Promise<NightHead> {
  const began = performance.now();
  const byId = new Map(entries.map((entry) => [entry.record.id, entry]));
  const entryOf = ({ id }: VersionCase) => byId.get(id) as LedgerEntry;
  const mine = version.cases.filter((one) => one.persona === persona);
  const read = (cases: readonly VersionCase[]) =>
    Promise.all(cases.map((one) => readCase(folder, entryOf(one).record, release.manifest.input)));
  const train = mine.filter(({ part }) => part === 'train');
  const cases = {
    persona,
    train: await read(train),
    heldOut: await read(mine.filter(({ part }) => part === 'held-out')),
    earlier: await read(mine.filter((one) => entryOf(one).night !== night)),
  };
  const { values, ...trained } = trainReader(release, cases, settings.training, withdrawn === 0, settings);
  await writeFileAtomically(
    fileOf(nightFolder, persona),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  tell(`${hospital}: ${persona}: ${trained.judgement.decision}, ${trained.judgement.reason}`);
  const seconds = (performance.now() - began) / 1000;
  return { persona, title, ...trained, seconds, trainedOn: train.map(({ id }) => id) };
}

/** The weights that {@link trainNight} left. */
export async function readHead(nightFolder: string, persona: string): Promise<Float32Array> {
  const bytes = await readFile(fileOf(nightFolder, persona));
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
