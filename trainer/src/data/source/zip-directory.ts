import { fstat, read } from 'node:fs';
import { promisify } from 'node:util';
import { InputError } from '@d-persona/shared/errors.ts';

/** A file in an archive: where its local header begins, and how it is packed. */
export interface ZipEntry {
  readonly name: string;
  readonly offset: number;
  readonly packed: number;
  readonly size: number;
  readonly crc: number;
  /** 0 stored, 8 deflated. */
  readonly method: number;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
const ESCAPED_16 = 0xffff;
const ESCAPED_32 = 0xffffffff;

export function brokenZip(path: string, problem: string, cause?: unknown): InputError {
  return new InputError({
    code: 'broken-archive',
    input: path,
    problem,
    remedy: 'Copy the archive again, or unpack it and give the folder',
    cause,
  });
}

/** Bytes of an open file; fewer at its end. */
export async function readAt(file: number, offset: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await promisify(read)(file, Buffer.allocUnsafe(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/**
 * Reads an archive's central directory (PKWARE APPNOTE 4.3.12 to 4.3.16, zip64 included), and nothing else of it.
 *
 * @throws InputError `broken-archive` when it is no zip, is cut off, or is encrypted or packed as we cannot read
 */
export async function readZipDirectory(file: number, path: string): Promise<ZipEntry[]> {
  const { size: length } = await promisify(fstat)(file);
  const tailOffset = Math.max(0, length - 22 - 0xffff);
  const tail = await readAt(file, tailOffset, length - tailOffset);
  const end = lastEndRecord(tail);
  if (end < 0) throw brokenZip(path, 'is not a zip archive, or is cut off');
  let count = tail.readUInt16LE(end + 10);
  let size = tail.readUInt32LE(end + 12);
  let offset = tail.readUInt32LE(end + 16);
  if (count === ESCAPED_16 || size === ESCAPED_32 || offset === ESCAPED_32) {
    const record = await end64(file, tail, end, path);
    if (record !== undefined) {
      count = Number(record.readBigUInt64LE(32));
      size = Number(record.readBigUInt64LE(40));
      offset = Number(record.readBigUInt64LE(48));
    }
  }
  if (offset + size > length) throw brokenZip(path, 'is cut off in its directory');
  return parseEntries(await readAt(file, offset, size), count, path);
}

function lastEndRecord(tail: Buffer): number {
  for (let at = tail.length - 22; at >= 0; at--) if (tail.readUInt32LE(at) === END) return at;
  return -1;
}

async function end64(file: number, tail: Buffer, end: number, path: string): Promise<Buffer | undefined> {
  const locator = end - 20;
  // Without a locator the value that looks escaped is meant literally.
  if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR_64) return undefined;
  const record = await readAt(file, Number(tail.readBigUInt64LE(locator + 8)), 56);
  if (record.length < 56 || record.readUInt32LE(0) !== END_64)
    throw brokenZip(path, 'has a broken zip64 record');
  return record;
}

function parseEntries(directory: Buffer, count: number, path: string): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== ENTRY) {
      throw brokenZip(path, 'has a broken directory');
    }
    const nameLength = directory.readUInt16LE(at + 28);
    const extraLength = directory.readUInt16LE(at + 30);
    const next = at + 46 + nameLength + extraLength + directory.readUInt16LE(at + 32);
    if (next > directory.length) throw brokenZip(path, 'has a broken directory');
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength).replaceAll('\\', '/');
    if (!name.endsWith('/')) {
      const method = directory.readUInt16LE(at + 10);
      if (directory.readUInt16LE(at + 8) & 1) throw brokenZip(path, `is encrypted (${name})`);
      if (method !== 0 && method !== 8) throw brokenZip(path, `is packed by method ${method} (${name})`);
      const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
      entries.push({ name, method, crc: directory.readUInt32LE(at + 16), ...sizes(directory, at, extra) });
    }
    at = next;
  }
  return entries;
}

/** Sizes and offset, which zip64 moves into an extra field where they do not fit, in this order. */
function sizes(directory: Buffer, at: number, extra: Buffer): Pick<ZipEntry, 'size' | 'packed' | 'offset'> {
  const long = zip64Values(extra);
  const value = (offset: number) => {
    const short = directory.readUInt32LE(at + offset);
    return short === ESCAPED_32 ? (long.shift() ?? short) : short;
  };
  const size = value(24);
  const packed = value(20);
  return { size, packed, offset: value(42) };
}

function zip64Values(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    return Array.from({ length: field.length >> 3 }, (_, i) => Number(field.readBigUInt64LE(8 * i)));
  }
  return [];
}
