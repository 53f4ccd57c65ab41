import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import type { Crop } from '@d-persona/shared/mask/region.ts';
import { sha256 } from '@d-persona/shared/release/sha256.ts';

/** What a case is of. The hospital belongs to it: another hospital's case, even of the same image, is another. */
export interface CaseSubject {
  readonly hospital: string;
  readonly release: string;
  readonly image: Image8or16;
  readonly crop: Crop;
}

/** SHA-256 of what a case is of, hex: the same image gives the same case. */
export async function caseDigest({ hospital, release, image, crop }: CaseSubject): Promise<string> {
  const { height, width, channels, bitDepth, data } = image;
  const pixels = await sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const { left, top } = crop;
  const subject = {
    hospital,
    release,
    height,
    width,
    channels,
    bitDepth,
    pixels,
    left,
    top,
    w: crop.width,
    h: crop.height,
  };
  return sha256(new TextEncoder().encode(JSON.stringify(subject)));
}

/** The id of a case: its digest, and the seed of its prior bank, from which its prompts come. */
export function caseId(digest: string, seed: number): string {
  return `${digest}-${seed}`;
}

/** The parts of an id of the accepted form. */
export function parseCaseId(id: string): { digest: string; seed: number } {
  const [digest = '', seed = ''] = id.split('-');
  return { digest, seed: Number(seed) };
}
