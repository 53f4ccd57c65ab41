import { join } from 'node:path';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { pictureOf } from '@d-persona/trainer/data/picture-of.ts';
import { writeFileAtomically } from '@d-persona/trainer/run/atomic-file.ts';
import type { Study } from './run-study.ts';

/** Where a persona is asked, and by whom. */
export interface Asked {
  readonly url: string;
  readonly hospital: string;
  readonly key: string;
  readonly persona: string;
}

/** A command that sends a PNG and writes the persona's outline over it. */
export function overlayRequest({ url, hospital, key, persona }: Asked, image: string, out: string): string {
  return [
    `curl -sS -H 'Authorization: Bearer ${key}' -H 'Content-Type: image/png' -H 'Accept: image/png' \\`,
    `  --data-binary @${image} '${url}/v1/hospitals/${hospital}/personas/${persona}/segmentations?format=overlay' -o ${out}`,
  ].join('\n');
}

/** A command that asks the running server for a persona's outline of a test image, which is written for it. */
export async function curlLine(url: string, [study]: readonly Study[], out: string): Promise<string> {
  if (study === undefined) throw new Error('There is no study to ask about');
  const { data, hospital, key, release } = study;
  const [sample] = data.split.test;
  const [persona] = release.manifest.personas;
  if (sample === undefined || persona === undefined) throw new Error('There is nothing to ask about');
  const image = pictureOf((await data.dataset.pixels(sample)).image);
  const path = join(out, 'example.png');
  await writeFileAtomically(path, encodePng({ ...image, data: Uint8Array.from(image.data) }));
  return overlayRequest({ url, hospital, key, persona: persona.id }, path, join(out, 'overlay.png'));
}
