import { Client } from '@d-persona/shared/client/client.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { decodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import { unpackMask } from '@d-persona/trainer/data/mask-bits.ts';
import { pictureOf } from '@d-persona/trainer/data/picture-of.ts';
import type { Sample, SamplePixels } from '@d-persona/trainer/data/sample.ts';
import { displayPixels } from '@d-persona/trainer/report/display-pixels.ts';
import type { ReportCase } from '@d-persona/trainer/report/report-case.ts';
import { type Answer, askWorker, type Timings } from './ask-worker.ts';
import type { Study } from './run-study.ts';

/** Images of the page, and samples shown of each. */
const CASES = 8;
const SHOWN_SAMPLES = 8;

/** What the Worker answered about the test patients. */
export interface StudyAnswers {
  readonly cases: readonly ReportCase[];
  readonly timings: Timings;
  /** Persona masks of every test image, by the sample's id. */
  readonly masks: ReadonlyMap<string, readonly Uint8Array[]>;
}

/** The image as a file that the API takes: 8-bit PNG. */
function asPng(pixels: SamplePixels): Uint8Array {
  const image = pictureOf(pixels.image);
  return encodePng({ ...image, data: Uint8Array.from(image.data) });
}

/** Images spread over patients: one of each, evenly over the list. */
function spread(samples: readonly Sample[], count: number): Set<string> {
  const byPatient = new Map(samples.map((sample) => [sample.patient, sample] as const));
  const firsts = [...byPatient.values()];
  const step = Math.max(1, firsts.length / count);
  return new Set(
    Array.from({ length: Math.min(count, firsts.length) }, (_, i) => firsts[Math.floor(i * step)]?.id ?? ''),
  );
}

function reportCase(sample: Sample, pixels: SamplePixels, { personas, all }: Answer): ReportCase {
  const image = pictureOf(pixels.image);
  const { masks } = pixels;
  const { height, width, channels } = image;
  const samples = (all?.segmentations ?? []).filter((segmentation) => 'sample' in segmentation);
  const map = decodeImage(Buffer.from(all?.disagreement.png ?? '', 'base64'), {
    name: `disagreement of ${sample.id}`,
    maxPixels: height * width,
  });
  return {
    title: `${sample.patient}, ${sample.id}`,
    height,
    width,
    channels,
    pixels: displayPixels(Float32Array.from(image.data)),
    experts: sample.present.map((here, r) => (here ? unpackMask(masks, r) : null)),
    personas: [...personas],
    samples: samples.slice(0, SHOWN_SAMPLES).map(({ id, mask }) => decodeRunLengths(mask, id).data),
    disagreement: Uint8Array.from(map.data),
  };
}

/**
 * Asks every persona for every test patient's images over HTTP, and for some images all answers with 50 samples.
 *
 * @param url of the Worker
 */
export async function askStudy(url: string, { hospital, key, data, release }: Study): Promise<StudyAnswers> {
  const client = new Client({ url, hospital, key });
  const ids = release.manifest.personas.map(({ id }) => id);
  const timings: Timings = { case: [], persona: [], samples50: [] };
  const shown = spread(data.split.test, CASES);
  const cases: ReportCase[] = [];
  const masks = new Map<string, readonly Uint8Array[]>();
  for (const sample of data.split.test) {
    const pixels = await data.dataset.pixels(sample);
    const question = { name: sample.id, png: asPng(pixels) };
    const answer = await askWorker(client, ids, question, shown.has(sample.id) ? 50 : 0, timings);
    masks.set(sample.id, answer.personas);
    if (shown.has(sample.id)) cases.push(reportCase(sample, pixels, answer));
  }
  return { cases, timings, masks };
}
