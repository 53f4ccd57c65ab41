import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { parseJsonOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import { getBytes, type ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { loadRelease, manifestKey, partKey } from '@d-persona/shared/release/store.ts';
import { z } from 'zod';
import { FolderStore } from '../publish/folder-store.ts';
import { writeFileAtomically } from '../run/atomic-file.ts';
import { jobManifest, type MachineSettings } from '../runner/machine-settings.ts';
import { runOn } from '../runner/run-on.ts';
import { pixelFiles } from './annotated-case.ts';
import { answerHeadRequest, type HeadRequest, headRequestSchema } from './head-request.ts';
import { judgementSchema } from './judge.ts';
import type { TrainedReader } from './train-reader.ts';

const answerSchema = z.strictObject({ from: z.string(), own: z.boolean(), judgement: judgementSchema });
const REMEDY = 'Remove the folder of the job: it is then made anew';

async function copyRelease(from: ObjectStore, to: ObjectStore, { hash, manifest }: Release): Promise<void> {
  const parts = Object.entries(manifest.parts).map(([part, { sha256 }]) => partKey(sha256, part));
  for (const key of [...parts, manifestKey(hash)]) {
    const bytes = await getBytes(from, key);
    if (bytes === null) throw new Error(`${key} is gone`);
    await to.put(key, bytes);
  }
}

/** Has a head trained and judged on another machine: the request, the release and the pixels that it names go there. */
export async function askForHead(
  settings: MachineSettings,
  job: string,
  store: ObjectStore,
  release: Release,
  pixels: string,
  request: HeadRequest,
  tell: (line: string) => void,
): Promise<TrainedReader> {
  const text = JSON.stringify(request);
  const id = `head-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  const input = join(job, 'input');
  await mkdir(join(input, 'pixels'), { recursive: true });
  await copyRelease(store, new FolderStore(join(input, 'store')), release);
  for (const record of [...request.train, ...request.heldOut, ...request.earlier]) {
    for (const file of pixelFiles(record)) await cp(join(pixels, file), join(input, file));
  }
  await writeFileAtomically(join(input, 'request.json'), Buffer.from(text));
  const outputs = ['output/answer.json', 'output/head.bin'];
  const manifest = jobManifest(settings, { id, args: ['night-head'], inputs: ['input'], outputs });
  await runOn(settings, job, manifest, tell);
  // No image stays here longer than it is needed.
  await rm(input, { recursive: true, force: true });
  const path = join(job, 'output/answer.json');
  const answer = parseJsonOrThrow(answerSchema, await readFile(path, 'utf8'), path, REMEDY);
  const bytes = await readFile(join(job, 'output/head.bin'));
  return { ...answer, values: new Float32Array(Uint8Array.from(bytes).buffer) };
}

/** The other side of {@link askForHead}: answers the request in a job's folder. */
export async function doHeadJob(folder: string): Promise<void> {
  const input = join(folder, 'input');
  const path = join(input, 'request.json');
  const request = parseJsonOrThrow(headRequestSchema, await readFile(path, 'utf8'), path, REMEDY);
  const release = await loadRelease(new FolderStore(join(input, 'store')), request.release, servingSpecs);
  const { values, ...answer } = await answerHeadRequest(input, release, request);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  await writeFileAtomically(join(folder, 'output/head.bin'), bytes);
  await writeFileAtomically(join(folder, 'output/answer.json'), Buffer.from(JSON.stringify(answer)));
}
