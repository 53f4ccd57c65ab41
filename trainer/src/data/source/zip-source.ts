import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { byCodeUnits, isHidden, type Source } from './source.ts';
import { brokenZip, readAt, readZipDirectory, type ZipEntry } from './zip-directory.ts';

const inflate = promisify(inflateRaw);

/** No single file of a dataset is larger: a guard against archives that unpack to more than the memory. */
const LARGEST_FILE = 512 * 2 ** 20;

/** A dataset in a zip archive, read file by file where it lies; nothing is unpacked to the disk. */
export async function openZip(path: string): Promise<Source> {
  const file = await open(path, 'r');
  let entries: Map<string, ZipEntry>;
  try {
    const list = await readZipDirectory(file, path);
    entries = new Map(list.filter(({ name }) => !isHidden(name)).map((entry) => [entry.name, entry]));
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    path,
    files: [...entries.keys()].sort(byCodeUnits),
    async read(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw brokenZip(`${path}:${name}`, 'is not in the archive');
      const broken = (problem: string, cause?: unknown) => brokenZip(`${path}:${name}`, problem, cause);
      if (entry.size > LARGEST_FILE) throw broken(`has ${entry.size} bytes, more than the limit`);
      const header = await readAt(file, entry.offset, 30);
      if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) throw broken('has no local header');
      const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
      const packed = await readAt(file, start, entry.packed);
      if (packed.length < entry.packed) throw broken('is cut off');
      let bytes: Uint8Array = packed;
      if (entry.method === 8) {
        try {
          bytes = await inflate(packed, { maxOutputLength: Math.max(1, entry.size) });
        } catch (cause) {
          throw broken('cannot be unpacked', cause);
        }
      }
      if (bytes.length !== entry.size || crc32(bytes) !== entry.crc)
        throw broken('does not match its checksum');
      return bytes;
    },
    close: () => file.close(),
  };
}
