import type { PixelSize } from '@d-persona/shared/dicom/geometry/pixel-spacing.ts';
import type { ImageWarning } from '@d-persona/shared/dicom/read-image.ts';
import type { Encoding } from '@d-persona/shared/engine/engine.ts';
import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import type { Crop, Size } from '@d-persona/shared/mask/region.ts';
import type { Turn } from '@d-persona/shared/mask/turn.ts';
import type { Holder } from '../engine/isolate-memory.ts';
import type { PromptCache } from './prompt-cache.ts';
import type { SeenRegion } from './seen-image.ts';

/** What is kept of an image, in this isolate only: nothing that names a patient. */
export interface KeptCase {
  readonly hospital: string;
  readonly release: string;
  /** Of the image that was sent. */
  readonly size: Size;
  readonly crop: Crop;
  readonly turn: Turn;
  readonly region: SeenRegion;
  readonly pixels: PixelSize | undefined;
  readonly warnings: readonly ImageWarning[];
  readonly encoding: Encoding;
  /** The latent vector of each persona, by the seed of the prior bank. */
  readonly prompts: PromptCache;
  /** The picture itself, for overlays; absent where it is too large to be kept. */
  readonly image: Image8or16 | undefined;
}

/** A kept case and when it expires, in milliseconds since 1970. */
export interface Kept extends KeptCase {
  readonly expires: number;
}

interface Entry {
  readonly kept: Kept;
  readonly bytes: number;
}

/** Cases by digest: bounded by bytes, the least recently used goes first, and each expires. */
export class CaseCache implements Holder {
  readonly #entries = new Map<string, Entry>(); // in order of use: a Map keeps the order of insertion
  readonly #maxBytes: number;
  readonly #lifetimeMs: number;
  readonly #now: () => number;
  #bytes = 0;

  /** @param now milliseconds since 1970 */
  constructor(limits: { maxBytes: number; lifetimeMs: number }, now: () => number) {
    this.#maxBytes = limits.maxBytes;
    this.#lifetimeMs = limits.lifetimeMs;
    this.#now = now;
  }

  /** Bytes of all cases that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Forgets the case that was used longest ago. @returns whether there was one */
  shed(): boolean {
    for (const [digest, entry] of this.#entries) {
      this.#remove(digest, entry);
      return true;
    }
    return false;
  }

  get(digest: string): Kept | undefined {
    const entry = this.#entries.get(digest);
    if (entry === undefined) return undefined;
    if (entry.kept.expires <= this.#now()) {
      this.#remove(digest, entry);
      return undefined;
    }
    this.#entries.delete(digest);
    this.#entries.set(digest, entry);
    return entry.kept;
  }

  /** Keeps a case, from now on for the lifetime. */
  put(digest: string, subject: KeptCase): Kept {
    const old = this.#entries.get(digest);
    if (old !== undefined) this.#remove(digest, old);
    const kept = { ...subject, expires: this.#now() + this.#lifetimeMs };
    const bytes = bytesOf(kept);
    this.#makeRoom(bytes);
    this.#entries.set(digest, { kept, bytes });
    this.#bytes += bytes;
    return kept;
  }

  /** What has expired goes first; one case is kept even if it alone is over the limit, for its caller is told an id. */
  #makeRoom(bytes: number): void {
    const now = this.#now();
    for (const [digest, entry] of this.#entries) {
      if (entry.kept.expires <= now) this.#remove(digest, entry);
    }
    for (const [digest, entry] of this.#entries) {
      if (this.#bytes + bytes <= this.#maxBytes) return;
      this.#remove(digest, entry);
    }
  }

  #remove(digest: string, entry: Entry): void {
    this.#entries.delete(digest);
    this.#bytes -= entry.bytes;
  }
}

function bytesOf({ encoding, image }: KeptCase): number {
  const { imagePart, mu, logSigma, queries } = encoding;
  return [imagePart, mu, logSigma, queries, image?.data].reduce(
    (sum, array) => sum + (array?.byteLength ?? 0),
    0,
  );
}
