import { close, open, read, write } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';

/** Where a record lies in the store. */
export interface Stored {
  readonly offset: number;
  readonly packed: number;
}

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);
const closeFile = promisify(close);
const openFile = promisify(open);
const readFile = promisify(read);
const writeFile = promisify(write);

/**
 * Slices that were made of volumes, in one temporary file: so that training may ask for any of them without reading
 * volumes again, and none need be kept in memory. The file is gone when it is closed, or when the process ends.
 */
export class SliceStore {
  readonly #folder: string;
  readonly #file: number;
  #end = 0;

  private constructor(folder: string, file: number) {
    this.#folder = folder;
    this.#file = file;
  }

  /** @param parent where to write; the system's folder for temporary files (TMPDIR) if left out */
  static async create(parent: string = tmpdir()): Promise<SliceStore> {
    const folder = await mkdtemp(join(parent, 'd-persona-slices-'));
    const file = await openFile(join(folder, 'slices'), 'wx+');
    // An open file stays readable without its name, where the system allows; else it is removed when it is closed.
    await rm(folder, { recursive: true }).catch(() => undefined);
    return new SliceStore(folder, file);
  }

  /** Appends a record; the next may be appended when this is done. */
  async append(bytes: Uint8Array): Promise<Stored> {
    const packed = await pack(bytes, { level: 1 });
    const offset = this.#end;
    this.#end += packed.length;
    await writeFile(this.#file, packed, 0, packed.length, offset);
    return { offset, packed: packed.length };
  }

  /** A record at an address of its own, so that it may be looked at as wider numbers. */
  async read({ offset, packed }: Stored): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = Buffer.allocUnsafe(packed);
    await readFile(this.#file, bytes, 0, packed, offset);
    return new Uint8Array(await unpack(bytes));
  }

  async close(): Promise<void> {
    await closeFile(this.#file);
    await rm(this.#folder, { recursive: true, force: true });
  }
}
