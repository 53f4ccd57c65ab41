import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import { writeFileAtomically } from '../run/atomic-file.ts';
import type { DatasetVersion, VersionCase } from './dataset-version.ts';
import { askForHead } from './head-job.ts';
import { answerHeadRequest, type HeadRequest, headRequestSchema } from './head-request.ts';
import type { LedgerEntry } from './hospital-ledger.ts';
import type { NightContext } from './night-context.ts';
import type { NightHead, NightReader } from './night-results.ts';

const fileOf = (nightFolder: string, persona: string) => join(nightFolder, `head-${persona}.bin`);

/** What a reader's head is to learn from and be judged on. */
function requestOf(
  { night, settings }: NightContext,
  release: Release,
  version: DatasetVersion,
  entries: readonly LedgerEntry[],
  { persona, withdrawn }: NightReader,
): HeadRequest {
  const byId = new Map(entries.map((entry) => [entry.record.id, entry]));
  const mine = version.cases
    .filter((one) => one.persona === persona)
    .map((one) => ({ ...one, ...(byId.get(one.id) as LedgerEntry) }));
  const records = (of: (one: Pick<VersionCase, 'part'> & LedgerEntry) => boolean) =>
    mine.filter(of).map(({ record }) => record);
  const { training, minimumPatients, tolerance, resamples } = settings;
  return headRequestSchema.parse({
    ...{ release: release.hash, persona, training, must: withdrawn === 0 },
    train: records(({ part }) => part === 'train'),
    heldOut: records(({ part }) => part === 'held-out'),
    earlier: records((one) => one.night !== night),
    gate: { minimumPatients, tolerance, resamples },
  });
}

/** Trains and judges one reader's head, here or on the machine of the settings; its weights go into the night's folder. */
export async function trainNight(
  context: NightContext,
  nightFolder: string,
  release: Release,
  version: DatasetVersion,
  entries: readonly LedgerEntry[],
  reader: NightReader,
): Promise<NightHead> {
  const { folder, store, settings, tell, hospital } = context;
  const { persona, title } = reader;
  const began = performance.now();
  const request = requestOf(context, release, version, entries, reader);
  const job = join(nightFolder, `job-${persona}`);
  const { values, ...trained } =
    settings.machine === null
      ? await answerHeadRequest(folder, release, request)
      : await askForHead(settings.machine, job, store, release, folder, request, tell);
  await writeFileAtomically(
    fileOf(nightFolder, persona),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  tell(`${hospital}: ${persona}: ${trained.judgement.decision}, ${trained.judgement.reason}`);
  const seconds = (performance.now() - began) / 1000;
  return { persona, title, ...trained, seconds, trainedOn: request.train.map(({ id }) => id) };
}

/** The weights that {@link trainNight} left. */
export async function readHead(nightFolder: string, persona: string): Promise<Float32Array> {
  const bytes = await readFile(fileOf(nightFolder, persona));
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
