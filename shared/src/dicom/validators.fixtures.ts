import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INSTALL = 'apt-get install -y dcmtk dicom3tools libgdcm-tools';

/** The errors that dicom3tools' dciodvfy finds in an object, one a line. */
export function dciodvfyErrors(file: Uint8Array): string[] {
  return runOn(file, 'dciodvfy', []).filter((line) => line.startsWith('Error'));
}

/** DCMTK's dump of an object, with values in full: a line for each element. */
export function dcmdump(file: Uint8Array): string[] {
  return runOn(file, 'dcmdump', ['-q', '+L']);
}

function runOn(file: Uint8Array, command: string, options: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'd-persona-dicom-'));
  try {
    const path = join(folder, 'object.dcm');
    writeFileSync(path, file);
    const { error, stdout, stderr } = spawnSync(command, [...options, path], { encoding: 'utf8' });
    if (error)
      throw new Error(`${command} is needed to validate DICOM objects: ${INSTALL}`, { cause: error });
    return `${stdout}\n${stderr}`.split('\n').filter((line) => line !== '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
