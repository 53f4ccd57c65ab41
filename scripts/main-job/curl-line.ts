import { join } from 'node:path';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { writeFileAtomically } from '@d-persona/trainer/run/atomic-file.ts';
import type { Study } from './run-study.ts';

/** A command that asks the running server for a persona's outline of a test image, which is written for it. */
export async function curlLine(url: string, [study]: readonly Study[], out: string): Promise<string> {
  if (study === undefined) throw new Error('There is no study to ask about');
  const { data, hospital, key, release } = study;
  const [sample] = data.split.test;
  const [persona] = release.manifest.personas;
  if (sample === undefined || persona === undefined) throw new Error('There is nothing to ask about');
  const { image } = await data.dataset.pixels(sample);
  const path = join(out, 'example.png');
  await writeFileAtomically(path, encodePng({ ...image, data: Uint8Array.from(image.data) }));
  const endpoint = `${url}/v1/hospitals/${hospital}/personas/${persona.id}/segmentations`;
  return [
    `curl -sS -H 'Authorization: Bearer ${key}' -H 'Content-Type: image/png' -H 'Accept: image/png' \\`,
    `  --data-binary @${path} '${endpoint}?format=overlay' -o ${join(out, 'overlay.png')}`,
  ].join('\n');
}
