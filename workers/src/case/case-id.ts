import { runningSha256 } from '@d-persona/shared/release/running-sha256.ts';
import { sha256 } from '@d-persona/shared/release/sha256.ts';
import type { SeenImage } from './seen-image.ts';

/** What a case is of. The hospital belongs to it: another hospital's case, even of the same image, is another. */
export interface CaseSubject extends Pick<SeenImage, 'image' | 'crop' | 'turn' | 'pixels' | 'source'> {
  readonly hospital: string;
  readonly release: string;
}

/** SHA-256 of what a case is of, hex: the same image gives the same case. */
export async function caseDigest(subject: CaseSubject): Promise<string> {
  const { hospital, release, image, crop, turn, pixels, source } = subject;
  const { height, width, channels, data } = image;
  const [frame] = source?.frames ?? [];
  const named = {
    hospital,
    release,
    height,
    width,
    channels,
    bytes: data.BYTES_PER_ELEMENT,
    pixels: await hashed(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    crop: [crop.left, crop.top, crop.width, crop.height],
    turn: [turn.transpose, turn.flipRows, turn.flipColumns],
    size: pixels ?? null,
    // Equal pixels of two instances are two cases: what is drawn refers to its instance.
    instance: frame ? [frame.sopInstanceUid, frame.frameNumber] : null,
  };
  return sha256(new TextEncoder().encode(JSON.stringify(named)));
}

/** WebCrypto takes a copy of what it hashes; of a large image, pieces are enough. */
async function hashed(pixels: Uint8Array): Promise<string> {
  if (pixels.length <= PIECE_BYTES) return sha256(pixels);
  const hash = runningSha256();
  for (let at = 0; at < pixels.length; at += PIECE_BYTES)
    await hash.add(pixels.subarray(at, at + PIECE_BYTES));
  return hash.digest();
}

const PIECE_BYTES = 2 ** 20;

/** The id of a case: its digest, and the seed of its prior bank, from which its prompts come. */
export function caseId(digest: string, seed: number): string {
  return `${digest}-${seed}`;
}

/** The parts of an id of the accepted form. */
export function parseCaseId(id: string): { digest: string; seed: number } {
  const [digest = '', seed = ''] = id.split('-');
  return { digest, seed: Number(seed) };
}
