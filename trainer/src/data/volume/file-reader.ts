import type { Source } from '../source/source.ts';
import { sha256 } from '../source-hash.ts';

/** Reads a dataset's files by their paths below its folder, and remembers what each held. */
export class FileReader {
  readonly #source: Source;
  readonly #folder: string;
  /** SHA-256 (hex) of each file that was read, by path. */
  readonly digests = new Map<string, string>();

  constructor(source: Source, folder: string) {
    this.#source = source;
    this.#folder = folder;
  }

  /** What the user called the dataset. */
  get input(): string {
    return this.#source.path;
  }

  /** A file's full name, for messages. */
  fullName(path: string): string {
    return this.#source.fullName(this.#folder + path);
  }

  /** @throws InputError when it cannot be read */
  async read(path: string): Promise<Uint8Array> {
    const bytes = await this.#source.read(this.#folder + path);
    this.digests.set(path, sha256(bytes));
    return bytes;
  }
}
