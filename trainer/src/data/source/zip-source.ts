import { close, open } from 'node:fs';
import { promisify } from 'node:util';
import { crc32, inflateRawSync } from 'node:zlib';
import { byCodeUnits, isHidden, type Source } from './source.ts';
import { brokenZip, readAt, readZipDirectory, type ZipEntry } from './zip-directory.ts';

/** No single file of a dataset is larger: a guard against archives that unpack to more than the memory. */
const LARGEST_FILE = 512 * 2 ** 20;

const LOCAL_HEADER = 0x04034b50;

/** Room for the extra field of a local header, which may be longer than the directory says. */
const EXTRA = 64;

/** A dataset in a zip archive, read file by file where it lies; nothing is unpacked to the disk. */
export async function openZip(path: string): Promise<Source> {
  const file = await promisify(open)(path, 'r');
  const closeFile = () => promisify(close)(file);
  let entries: ReadonlyMap<string, ZipEntry>;
  try {
    const list = await readZipDirectory(file, path);
    entries = new Map(list.filter(({ name }) => !isHidden(name)).map((entry) => [entry.name, entry]));
  } catch (error) {
    await closeFile();
    throw error;
  }
  const fullName = (name: string) => `${path}:${name}`;
  return {
    path,
    files: [...entries.keys()].sort(byCodeUnits),
    fullName,
    read(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw brokenZip(fullName(name), 'is not in the archive');
      return readEntry(file, entry, fullName(name));
    },
    close: closeFile,
  };
}

async function readEntry(file: number, entry: ZipEntry, name: string): Promise<Uint8Array> {
  const { offset, packed, size, method } = entry;
  if (size > LARGEST_FILE || packed > LARGEST_FILE)
    throw brokenZip(name, `has ${size} bytes, more than the limit`);
  // Header and content in one go, if the header is as long as is usual.
  const bytes = await readAt(file, offset, 30 + Buffer.byteLength(entry.name) + EXTRA + packed);
  if (bytes.length < 30 || bytes.readUInt32LE(0) !== LOCAL_HEADER)
    throw brokenZip(name, 'has no local header');
  const start = 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  let content: Uint8Array = bytes.subarray(start, start + packed);
  if (content.length < packed) content = await readAt(file, offset + start, packed);
  if (content.length < packed) throw brokenZip(name, 'is cut off');
  if (method === 8) {
    try {
      content = inflateRawSync(content, { maxOutputLength: Math.max(1, size) });
    } catch (cause) {
      throw brokenZip(name, 'cannot be unpacked', cause);
    }
  }
  if (content.length !== size || crc32(content) !== entry.crc)
    throw brokenZip(name, 'does not match its checksum');
  return content;
}
