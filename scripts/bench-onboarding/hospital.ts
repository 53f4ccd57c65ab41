import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { Random } from '@d-persona/shared/random.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { presets } from '@d-persona/trainer/run/presets.ts';
import { addHospital, serve, syntheticRelease } from '../../test/support/synthetic-release.ts';

/** The paper's size, with four personas. */
const ARCHITECTURE: Architecture = { ...presets.paper.architecture, channels: 1, personas: 4 };

/** A picture with the outline that the new reader draws in it, both as PNG files. */
export interface Drawing {
  readonly name: string;
  readonly image: Uint8Array;
  readonly mask: Uint8Array;
}

/** A hospital that is served by a release of random weights: how long training takes does not depend on them. */
export async function makeHospital(store: string, hospital: string, side: number): Promise<string> {
  const folder = new FolderStore(store);
  const release = await syntheticRelease(1, ARCHITECTURE, [side, side]);
  const [key = ''] = await addHospital(folder, hospital, [['segment', 'annotate', 'release']]);
  await serve(folder, hospital, release);
  return key;
}

/** A bright ellipse in noise for each name. */
export function draw(names: readonly string[], side: number): Drawing[] {
  const random = new Random(1);
  return names.map((name) => {
    const [a, b] = [0.1, 0.1].map((least) => side * (least + 0.2 * random.uniform())) as [number, number];
    const inside = (i: number) => {
      const [x, y] = [(i % side) - side / 2, Math.floor(i / side) - side / 2];
      return (x / a) ** 2 + (y / b) ** 2 < 1;
    };
    const pixels = (value: (i: number) => number) =>
      encodePng({
        ...{ width: side, height: side, channels: 1 },
        data: Uint8Array.from({ length: side * side }, (_, i) => value(i)),
      });
    return {
      name,
      image: pixels((i) => (inside(i) ? 120 : 60) + 60 * random.uniform()),
      mask: pixels((i) => (inside(i) ? 255 : 0)),
    };
  });
}

/** Writes drawings as the data of one named reader. */
export async function writeData(folder: string, reader: string, drawings: readonly Drawing[]): Promise<void> {
  for (const { name, image, mask } of drawings) {
    for (const [path, bytes] of [
      [`images/${name}.png`, image],
      [`masks/${reader}/${name}.png`, mask],
    ] as const) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
  }
}

/** Hands a drawing in through the API, as a reader's annotation. */
export async function handIn(
  { url, hospital, key }: { url: string; hospital: string; key: string },
  reader: string,
  { name, image, mask }: Drawing,
): Promise<void> {
  const body = new FormData();
  body.set('annotation', JSON.stringify({ persona: reader, title: reader, group: name }));
  body.set('image', new Blob([Uint8Array.from(image)], { type: 'image/png' }), 'image.png');
  body.set('mask', new Blob([Uint8Array.from(mask)], { type: 'image/png' }), 'mask.png');
  const response = await fetch(`${url}/v1/hospitals/${hospital}/annotations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'idempotency-key': name },
    body,
  });
  if (response.status !== 202)
    throw new Error(`an annotation is answered ${response.status}: ${await response.text()}`);
}
