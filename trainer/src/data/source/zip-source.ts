import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { byCodeUnits, isHidden, type Source } from './source.ts';
import { brokenZip, readAt, readZipDirectory, type ZipEntry } from './zip-directory.ts';

const inflate = promisify(inflateRaw);

/** No single file of a dataset is larger: a guard against archives that unpack to more than the memory. */
const LARGEST_FILE = 512 * 2 ** 20;

const LOCAL_HEADER = 0x04034b50;

/**
 * A dataset in a zip archive, read file by file where it lies; nothing is unpacked to the disk. The archive is opened
 * for each reading, so that nobody has to close it.
 */
export async function openZip(path: string): Promise<Source> {
  const list = await withFile(path, (file) => readZipDirectory(file, path));
  const entries = new Map(list.filter(({ name }) => !isHidden(name)).map((entry) => [entry.name, entry]));
  const fullName = (name: string) => `${path}:${name}`;
  return {
    path,
    files: [...entries.keys()].sort(byCodeUnits),
    fullName,
    async read(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw brokenZip(fullName(name), 'is not in the archive');
      return withFile(path, (file) => readEntry(file, entry, fullName(name)));
    },
  };
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function readEntry(file: FileHandle, entry: ZipEntry, name: string): Promise<Uint8Array> {
  if (entry.size > LARGEST_FILE) throw brokenZip(name, `has ${entry.size} bytes, more than the limit`);
  const header = await readAt(file, entry.offset, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== LOCAL_HEADER)
    throw brokenZip(name, 'has no local header');
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = await readAt(file, start, entry.packed);
  if (packed.length < entry.packed) throw brokenZip(name, 'is cut off');
  let bytes: Uint8Array = packed;
  if (entry.method === 8) {
    try {
      bytes = await inflate(packed, { maxOutputLength: Math.max(1, entry.size) });
    } catch (cause) {
      throw brokenZip(name, 'cannot be unpacked', cause);
    }
  }
  if (bytes.length !== entry.size || crc32(bytes) !== entry.crc)
    throw brokenZip(name, 'does not match its checksum');
  return bytes;
}
