import { open, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** The DICOM files of a folder and the folders below it, by their paths from there, in order: by name or by prefix. */
export async function dicomFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(paths.map(async (path) => (await isDicom(path)) && relative(folder, path)));
  return found.filter((path) => path !== false).sort();
}

async function isDicom(path: string): Promise<boolean> {
  if (/\.(dcm|dicom)$/i.test(path)) return true;
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 128);
    return buffer.toString('latin1') === 'DICM';
  } finally {
    await file.close();
  }
}
