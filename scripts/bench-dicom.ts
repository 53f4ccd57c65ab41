import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeFrame } from '@d-persona/shared/dicom/pixels/decode-frame.ts';
import { WasmDecoders } from '@d-persona/shared/dicom/pixels/wasm-decoders.ts';
import { loadWasmFile } from '@d-persona/shared/dicom/pixels/wasm-files.ts';
import { type DicomObject, readObject } from '@d-persona/shared/dicom/read-image.ts';
import { InputError } from '@d-persona/shared/errors.ts';
import { reportError } from '@d-persona/trainer/cli/exit-codes.ts';
import { Command } from 'commander';
import { type CheckedWorker, startCheckedWorker } from './dicom/checked-worker.ts';
import { dicomFiles } from './dicom/dicom-files.ts';

const SIDE = 512;
const REPEAT = 10;
const LIMITS = { maxPixels: SIDE * SIDE, maxFrames: 4096, maxInflatedBytes: 2 ** 25, minSide: SIDE };

const program = new Command('npm run bench:dicom --')
  .description(
    `Times reading and decoding one ${SIDE} × ${SIDE} frame of each transfer syntax, in workerd and in Node: the first ` +
      'one, with loading its decoder, and the mean of the next; and the memory that the decoder holds',
  )
  .argument('<folder>', 'with DICOM files, in folders or not')
  .option('--json', 'print JSON')
  .action(bench);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}

async function bench(folder: string, { json }: { json?: boolean }): Promise<void> {
  const files = await oneOfEachSyntax(folder);
  const worker = await startCheckedWorker();
  const rows = [];
  try {
    for (const [syntax, file] of files) {
      const bytes = new Uint8Array(await readFile(join(folder, file)));
      rows.push({ syntax, ...(await inWorkerd(worker, bytes)), ...(await inNode(bytes)) });
    }
  } finally {
    await worker.stop();
  }
  if (json) console.log(JSON.stringify(rows, null, 2));
  else console.table(rows);
}

/** The first file of each transfer syntax, by its UID. */
async function oneOfEachSyntax(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const file of await dicomFiles(folder)) {
    const object = read(new Uint8Array(await readFile(join(folder, file))));
    const uid = object?.transferSyntax.uid;
    if (uid !== undefined && object?.layout.rows === SIDE && !found.has(uid)) found.set(uid, file);
  }
  return found;
}

function read(bytes: Uint8Array): DicomObject | null {
  try {
    return readObject(bytes, 'file', LIMITS);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

async function inWorkerd(worker: CheckedWorker, bytes: Uint8Array<ArrayBuffer>) {
  const { firstMs, nextMs, wasmBytes } = await worker.time(bytes, REPEAT);
  return { workerd_first_ms: firstMs, workerd_ms: tenth(nextMs), wasm_mib: tenth(wasmBytes / 2 ** 20) };
}

async function inNode(bytes: Uint8Array) {
  const decoders = new WasmDecoders(loadWasmFile);
  const decode = () => {
    const { dataSet, transferSyntax, layout } = readObject(bytes, 'file', LIMITS);
    return decodeFrame(dataSet, transferSyntax, layout, 0, decoders);
  };
  const start = performance.now();
  await decode();
  const first = performance.now();
  for (let i = 1; i < REPEAT; i++) await decode();
  const next = (performance.now() - first) / (REPEAT - 1);
  return { node_first_ms: tenth(first - start), node_ms: tenth(next) };
}

function tenth(value: number): number {
  return Math.round(10 * value) / 10;
}
