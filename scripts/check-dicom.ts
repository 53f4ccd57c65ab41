import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFile as readDicom } from '@d-persona/shared/dicom/read-file.ts';
import { InputError } from '@d-persona/shared/errors.ts';
import { reportError } from '@d-persona/trainer/cli/exit-codes.ts';
import { Command } from 'commander';
import { checkFile, type SameInstance } from './dicom/check-file.ts';
import { startCheckedWorker } from './dicom/checked-worker.ts';
import { dicomFiles } from './dicom/dicom-files.ts';
import { nativePixels } from './dicom/reference-pixels.ts';
import { type Row, summarise } from './dicom/report.ts';

const program = new Command('npm run check:dicom --')
  .description(
    'Sends every DICOM file of a folder to the Worker in workerd: compares the pixels with those that GDCM decodes, ' +
      'and validates the segmentations that it answers with (dciodvfy, dcmdump)',
  )
  .argument('<folder>', 'with DICOM files, in folders or not')
  .option('--json', 'print the report as JSON, and nothing else')
  .addHelpText('after', '\nExample:\n  npm run check:dicom -- --json ../shared/dicom')
  .action(check);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}

async function check(folder: string, { json }: { json?: boolean }): Promise<void> {
  const files = await dicomFiles(folder).catch((cause: unknown) => {
    const problem = 'cannot be read as a folder';
    throw new InputError({ code: 'no-folder', input: folder, problem, remedy: 'Give a folder', cause });
  });
  const worker = await startCheckedWorker();
  const rows: Row[] = [];
  try {
    const sameInstance = await instancesOf(folder, files);
    for (const file of files) {
      const row = await checkFile(folder, file, worker, sameInstance);
      rows.push(row);
      if (!json) console.log(line(row));
    }
  } finally {
    await worker.stop();
  }
  const report = summarise(rows);
  const { rows: _, ...figures } = report;
  console.log(json ? JSON.stringify(report, null, 2) : JSON.stringify(figures));
}

function line({ file, status, ms, pixels_equal, compared, seg_valid, seg_errors, detail }: Row): string {
  const pixels = pixels_equal === null ? '' : `pixels ${pixels_equal ? 'equal' : 'DIFFER'} (${compared})`;
  const seg = seg_valid === null ? '' : seg_valid ? 'SEG valid' : `SEG NOT VALID: ${seg_errors.join('; ')}`;
  return [status, `${ms} ms`, file, pixels, seg, detail ?? ''].filter((part) => part !== '').join('  ');
}

/** Finds the uncompressed twin of an instance, for syntaxes that GDCM does not decode. */
async function instancesOf(folder: string, files: readonly string[]): Promise<SameInstance> {
  const byUid = new Map<string, string[]>();
  for (const file of files) {
    const uid = await instanceUid(join(folder, file));
    if (uid !== undefined) byUid.set(uid, [...(byUid.get(uid) ?? []), file]);
  }
  return async (uid, file) => {
    for (const other of byUid.get(uid) ?? []) {
      if (other === file) continue;
      const pixels = await nativePixels(other, await readFile(join(folder, other)));
      if (pixels !== null) return pixels;
    }
    return null;
  };
}

async function instanceUid(path: string): Promise<string | undefined> {
  try {
    const { dataSet } = readDicom(await readFile(path), { name: path, maxInflatedBytes: 2 ** 30 });
    return dataSet.has('PixelData') ? dataSet.string('SOPInstanceUID') : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
