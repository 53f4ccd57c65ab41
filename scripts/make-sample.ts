/**
 * Cuts the sample that ships with the project from the public datasets:
 *
 *   node scripts/make-sample.ts --lidc <folder or zip> --bu-bil <folder or zip> [--out sample]
 *
 * The same data and arguments give the same bytes.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import type { Crop } from '@d-persona/shared/mask/region.ts';
import { resample } from '@d-persona/shared/mask/resample.ts';
import { Random } from '@d-persona/shared/random.ts';
import type { DatasetCard } from '@d-persona/trainer/data/dataset-card.ts';
import { cropOfFrame, type Frame } from '@d-persona/trainer/data/frame.ts';
import { byNumbersInNames } from '@d-persona/trainer/data/layout/paths.ts';
import { loadDataset } from '@d-persona/trainer/data/load-dataset.ts';
import { unpackMask } from '@d-persona/trainer/data/mask-bits.ts';
import type { Dataset, Sample, SamplePixels } from '@d-persona/trainer/data/sample.ts';
import { writeFileAtomically } from '@d-persona/trainer/run/atomic-file.ts';
import { zipSync } from 'fflate';
import { attribution, BU_BIL_CARD, LIDC_CARD, type Shipped } from './sample-attribution.ts';

const SIDE = 64;

const { values } = parseArgs({
  options: {
    lidc: { type: 'string' },
    'bu-bil': { type: 'string' },
    out: { type: 'string', default: 'sample' },
    patients: { type: 'string', default: '200' },
    slices: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
  },
});
const { lidc, 'bu-bil': buBil, out, patients, slices, seed } = values;
if (lidc === undefined || buBil === undefined) {
  console.error(
    'usage: node scripts/make-sample.ts --lidc <folder or zip> --bu-bil <folder or zip> [--out sample]',
  );
  process.exit(2);
}

const nodules = await loadDataset(lidc, { size: SIDE, readers: 'complete' });
const chosen = somePatients(nodules.samples, Number(patients), Number(slices), Number(seed));
const shipped = [
  await ship(nodules, chosen, 'crop', LIDC_CARD, 'lidc-idri-64', 'LIDC-IDRI-slices/'),
  await (async () => {
    const cells = await loadDataset(buBil, { size: SIDE });
    return ship(cells, cells.samples, 'whole', BU_BIL_CARD, 'bu-bil-64', '');
  })(),
];
const args = `--patients ${patients} --slices ${slices} --seed ${seed}`;
await writeFileAtomically(join(out, 'ATTRIBUTION.md'), Buffer.from(attribution(shipped, args)));
for (const { file, bytes, images, patients } of shipped) {
  console.log(`${file}: ${bytes} bytes, ${images} images of ${patients} patients`);
}

/** At most `most` slices of each of `count` patients drawn at random, spread evenly over what the patient has. */
function somePatients(samples: readonly Sample[], count: number, most: number, seed: number): Sample[] {
  const framed = samples.filter((sample) => sample.areas.every((area) => area > 0));
  const byPatient = Map.groupBy(framed, ({ patient }) => patient);
  const drawn = new Random(seed)
    .shuffle([...byPatient.keys()].sort())
    .slice(0, count)
    .sort();
  return drawn.flatMap((patient) => {
    const own = (byPatient.get(patient) as Sample[]).toSorted((a, b) => byNumbersInNames(a.id, b.id));
    const n = Math.min(most, own.length);
    return Array.from({ length: n }, (_, i) => own[Math.floor(((i + 0.5) * own.length) / n)] as Sample);
  });
}

/** Writes samples, cut to SIDE × SIDE, into an archive of the layout they came in. Lesions cut by the frame are left out. */
async function ship(
  dataset: Dataset,
  samples: readonly Sample[],
  frame: Frame,
  card: DatasetCard,
  name: string,
  folder: string,
): Promise<Shipped> {
  const files: Record<string, Uint8Array> = {
    [`${folder}dataset.json`]: Buffer.from(`${JSON.stringify(card, null, 2)}\n`),
  };
  const kept: Sample[] = [];
  for (const sample of samples) {
    const pixels = await dataset.pixels(sample);
    const crop = cropOfFrame(frame, sample, SIDE);
    const cut = cutSample(pixels, crop, sample);
    if (cut === undefined) continue;
    kept.push(sample);
    files[folder + png(sample.image)] = cut.image;
    sample.masks.forEach((path, r) => {
      if (path !== null) files[folder + png(path)] = cut.masks[r] as Uint8Array;
    });
  }
  await dataset.close();
  // A fixed time, and pictures are packed already.
  const bytes = zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) });
  await mkdir(out, { recursive: true });
  await writeFileAtomically(join(out, `${name}.zip`), bytes);
  return {
    file: `${name}.zip`,
    bytes: bytes.length,
    images: kept.length,
    patients: new Set(kept.map(({ patient }) => patient)).size,
    raters: dataset.raters.length,
    source: dataset.sourceSha256,
  };
}

function png(path: string): string {
  return path.replace(/\.[^.]*$/, '.png');
}

/** The image and each mask at SIDE × SIDE as PNG; undefined when a mask reaches beyond the crop. */
function cutSample(
  { image, masks }: SamplePixels,
  crop: Crop,
  sample: Sample,
): { image: Uint8Array; masks: Uint8Array[] } | undefined {
  const at = (data: Uint8Array | Uint16Array) =>
    resample(
      data,
      { source: image.height, start: crop.top, length: crop.height, outputs: SIDE },
      { source: image.width, start: crop.left, length: crop.width, outputs: SIDE },
      data.length / (image.height * image.width),
    ).data;
  const picture = (channels: 1 | 3, data: Uint8Array) =>
    encodePng({ height: SIDE, width: SIDE, channels, data });
  const cut = sample.masks.map((_, r) =>
    Uint8Array.from(at(unpackMask(masks, r)), (v) => (v >= 0.5 ? 255 : 0)),
  );
  const step = crop.width / SIDE;
  const whole = cut.every((data, r) => step > 1 || data.filter((v) => v > 0).length === sample.areas[r]);
  if (!whole) return undefined;
  const grey = Uint8Array.from(at(image.data), Math.round);
  return { image: picture(image.channels === 3 ? 3 : 1, grey), masks: cut.map((data) => picture(1, data)) };
}
