import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problemSchema } from '@d-persona/shared/contract/problem.ts';
import { type DicomObject, readObject } from '@d-persona/shared/dicom/read-image.ts';
import { dciodvfyErrors, dcmdump } from '@d-persona/shared/dicom/validators.fixtures.ts';
import { InputError } from '@d-persona/shared/errors.ts';
import type { CheckedWorker } from './checked-worker.ts';
import { comparePixels } from './compare-pixels.ts';
import { gdcmPixels, type ReferencePixels } from './reference-pixels.ts';
import type { Row } from './report.ts';

/** Larger than the Worker's, so that what it refuses for its size is read here. */
const LIMITS = { maxPixels: 2 ** 26, maxFrames: 4096, maxInflatedBytes: 2 ** 30, minSide: 1 };

/** Pixels of an instance that another file of the folder has uncompressed; null if none has. */
export type SameInstance = (sopInstanceUid: string, file: string) => Promise<ReferencePixels | null>;

/** Sends a file to the Worker, compares its pixels and validates the segmentation, or the refusal. */
export async function checkFile(
  folder: string,
  file: string,
  worker: CheckedWorker,
  sameInstance: SameInstance,
): Promise<Row> {
  const bytes = new Uint8Array(await readFile(join(folder, file)));
  const object = readable(bytes);
  const start = performance.now();
  const response = await worker.segment(bytes);
  const body = new Uint8Array(await response.arrayBuffer());
  const ms = Math.round(performance.now() - start);
  const row = { file, transfer_syntax: object?.transferSyntax.uid ?? null, status: response.status, ms };
  if (!response.ok) return { ...row, ...refusal(response, body) };
  const errors = dciodvfyErrors(body);
  const dumped = dcmdump(body).some((line) => line.includes('SegmentSequence'));
  return {
    ...row,
    decoded: true,
    ...(await comparison(folder, file, bytes, object, worker, sameInstance)),
    seg_valid: errors.length === 0 && dumped,
    seg_errors: dumped ? errors : [...errors, 'dcmdump does not read it'],
    refused_clearly: false,
    detail: null,
  };
}

function readable(bytes: Uint8Array): DicomObject | null {
  try {
    return readObject(bytes, 'file', LIMITS);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** A refusal is clear if it is a problem document that names the input, and the attribute where one is wrong. */
function refusal(
  response: Response,
  body: Uint8Array,
): Omit<Row, 'file' | 'transfer_syntax' | 'status' | 'ms'> {
  const problem = problemSchema.safeParse(parseJson(new TextDecoder().decode(body)));
  const isProblem = problem.success && problem.data.status === response.status;
  const names = isProblem && /^body(, \w* ?\([0-9a-f]{4},[0-9a-f]{4}\))?: /.test(problem.data.detail);
  return {
    decoded: false,
    pixels_equal: null,
    compared: null,
    seg_valid: null,
    seg_errors: [],
    refused_clearly: names && response.status >= 400 && response.status < 500,
    detail: problem.success ? problem.data.detail : null,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function comparison(
  folder: string,
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
  object: DicomObject | null,
  worker: CheckedWorker,
  sameInstance: SameInstance,
): Promise<Pick<Row, 'pixels_equal' | 'compared'>> {
  if (object === null) return { pixels_equal: false, compared: 'the Worker read what the check cannot' };
  const { layout, dataSet, transferSyntax } = object;
  const reference =
    (await gdcmPixels(join(folder, file))) ??
    (await sameInstance(dataSet.string('SOPInstanceUID') ?? '', file));
  if (reference === null) return { pixels_equal: null, compared: null };
  const ours = [];
  for (let frame = 1; frame <= layout.frames; frame++) ours.push(await worker.pixels(bytes, layout, frame));
  const { equal, difference } = comparePixels(ours, reference.frames, layout, dataSet, transferSyntax.uid);
  return { pixels_equal: equal, compared: `${reference.from}: ${difference}` };
}
