import { disposeCase, encodeCase } from '@d-persona/shared/model/encode-case.ts';
import { bankNoise } from '@d-persona/shared/model/noise.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../../data/batch.ts';
import type { Dataset } from '../../data/sample.ts';
import { diversityOf } from '../../evaluation/columns.ts';
import { packMasks } from '../../evaluation/metrics/packed-masks.ts';
import { diceMatrix } from '../../evaluation/metrics/pairwise.ts';
import {
  imagesOf,
  meanMap,
  type Network,
  type Prediction,
  type PredictOptions,
  predict,
  presentRaters,
  raterMasks,
} from '../../evaluation/predict.ts';
import { applyThreshold } from '../../evaluation/thresholds.ts';
import { displayPixels } from '../display-pixels.ts';
import type { ReportCase } from '../report-case.ts';
import { CalibrationAccumulator, deviationOfShare, shareOf } from './calibration.ts';
import { type Candidate, chooseCases } from './choose-cases.ts';
import type { FigureData, LatentPlane } from './figure-data.ts';
import { latentPlane } from './latent-plane.ts';

/** Bins of the calibration figures. */
const BINS = 10;
/** The largest standard deviation of values from 0 to 1. */
const MOST_DEVIATION = 0.5;

export interface FigureOptions extends PredictOptions {
  /** Images that are shown. */
  readonly cases: number;
}

/** Where figures come from: the images of a part of the data, as often as they are asked for. */
export interface FigureSource {
  readonly dataset: Dataset;
  whole(): AsyncIterable<Batch>;
}

/** Asks a model about all images once more, and keeps what the paper's figures show. */
export async function gatherFigures(
  network: Network,
  { dataset, whole }: FigureSource,
  options: FigureOptions,
): Promise<FigureData> {
  const shown = chooseCases(await candidates(whole()), options.cases);
  const { personas } = network.architecture;
  const sums = Array.from({ length: personas }, () => new Float64Array(personas));
  const counts = new Float64Array(personas);
  const probability = new CalibrationAccumulator(BINS, 1);
  const disagreement = new CalibrationAccumulator(BINS, MOST_DEVIATION);
  const cases = new Map<string, ReportCase>();
  const planes = new Map<string, LatentPlane>();
  const patients = new Set<string>();
  let images = 0;
  for await (const batch of whole()) {
    const predictions = predict(network, batch, options);
    for (const [n, prediction] of predictions.entries()) {
      const raters = raterMasks(batch, n);
      const present = presentRaters(batch, n);
      const masks = prediction.personas.map((map) => applyThreshold(map, 0.5));
      const sample = batch.samples[n];
      images++;
      patients.add(sample?.patient ?? '');
      const dice = diceMatrix(packMasks(masks), packMasks(raters));
      for (let c = 0; c < personas; c++) {
        if (!present[c]) continue;
        counts[c] = (counts[c] as number) + 1;
        for (const [r, row] of sums.entries()) row[c] = (row[c] as number) + (dice[r]?.[c] as number);
      }
      const share = shareOf(raters.filter((_, r) => present[r]));
      const mean = meanMap(prediction.samples);
      const deviation = deviationOver(prediction.samples, mean);
      probability.add(mean, share);
      if (present.filter(Boolean).length > 1) disagreement.add(deviation, deviationOfShare(share));
      if (sample === undefined || !shown.includes(sample.id)) continue;
      const title = `Case ${shown.indexOf(sample.id) + 1}`;
      cases.set(
        sample.id,
        figureCase(title, batch, n, dataset, { raters, present, masks, prediction, deviation }),
      );
      planes.set(sample.id, planeOf(title, network, batch, n, options));
    }
  }
  const inOrder = <T>(found: ReadonlyMap<string, T>) => shown.map((id) => found.get(id) as T);
  return {
    dataset: dataset.name,
    personas: shortTitles(dataset),
    cases: inOrder(cases),
    diceMatrix: sums.map((row) =>
      Array.from(row, (sum, c) => ((counts[c] as number) === 0 ? null : sum / (counts[c] as number))),
    ),
    latent: inOrder(planes),
    probability: probability.finish(),
    disagreement: disagreement.finish(),
    images,
    patients: patients.size,
    samples: options.samples,
  };
}

async function candidates(batches: AsyncIterable<Batch>): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for await (const batch of batches) {
    batch.samples.forEach(({ id, patient, present, areas }, n) => {
      const there = raterMasks(batch, n).filter((_, r) => present[r]);
      const drawn = areas.filter((_, r) => present[r]);
      found.push({
        id,
        patient,
        complete: present.every(Boolean),
        area: drawn.reduce((a, b) => a + b, 0) / drawn.length,
        disagreement: there.length > 1 ? diversityOf(there) : 0,
      });
    });
  }
  return found;
}

/** Standard deviation over probability maps for each pixel. */
function deviationOver(maps: readonly Float32Array[], mean: Float32Array): Float32Array {
  const squares = new Float32Array(mean.length);
  for (const map of maps) {
    for (let i = 0; i < squares.length; i++) {
      squares[i] = (squares[i] as number) + ((map[i] as number) - (mean[i] as number)) ** 2 / maps.length;
    }
  }
  return squares.map(Math.sqrt);
}

interface Answered {
  readonly raters: readonly Uint8Array[];
  readonly present: readonly boolean[];
  readonly masks: readonly Uint8Array[];
  readonly prediction: Prediction;
  readonly deviation: Float32Array;
}

function figureCase(
  title: string,
  { images, height, width, channels }: Batch,
  n: number,
  { layout }: Dataset,
  { raters, present, masks, prediction, deviation }: Answered,
): ReportCase {
  const pixels = height * width;
  const own = images.subarray(n * pixels * channels, (n + 1) * pixels * channels);
  const isVolume = layout === 'nifti' || layout === 'hdf5' || layout === 'dicom';
  const colours = channels === 3 && !isVolume;
  const values = colours ? own : Float32Array.from({ length: pixels }, (_, i) => own[i * channels] as number);
  return {
    title,
    height,
    width,
    channels: colours ? 3 : 1,
    pixels: displayPixels(values),
    experts: raters.map((mask, r) => (present[r] ? mask : null)),
    personas: [...masks],
    samples: prediction.samples.map((map) => applyThreshold(map, 0.5)),
    disagreement: Uint8Array.from(deviation, (value) =>
      Math.min(255, Math.round((255 * value) / MOST_DEVIATION)),
    ),
  };
}

function planeOf(
  title: string,
  { weights, architecture }: Network,
  batch: Batch,
  n: number,
  { bank, seed }: PredictOptions,
): LatentPlane {
  const { latent, personas } = architecture;
  const epsilon = bankNoise(seed, bank, latent);
  const noise = tf.tensor3d(epsilon, [1, bank, latent]);
  const all = imagesOf(batch);
  const image = tf.slice4d(all, [n, 0, 0, 0], [1, batch.height, batch.width, batch.channels]);
  const encoded = encodeCase(weights, architecture, image, noise);
  const mu = encoded.prior.mu.dataSync<'float32'>();
  const logSigma = encoded.prior.logSigma.dataSync<'float32'>();
  const prompts = encoded.prompts.dataSync<'float32'>();
  disposeCase(encoded);
  tf.dispose([noise, all, image]);
  const row = (values: ArrayLike<number>, i: number) =>
    Array.from({ length: latent }, (_, d) => values[i * latent + d] as number);
  const vectors = Array.from({ length: bank }, (_, m) =>
    row(epsilon, m).map((e, d) => (mu[d] as number) + Math.exp(logSigma[d] as number) * e),
  );
  return latentPlane(
    title,
    vectors,
    Array.from({ length: personas }, (_, r) => row(prompts, r)),
  );
}

/** Titles that fit beside each other. */
function shortTitles({ kind, raters }: Dataset): string[] {
  if (kind === 'person') return raters.map(({ title }) => title);
  return raters.map((_, r) => {
    if (r === 0) return 'Rank 1 (smallest)';
    return r === raters.length - 1 ? `Rank ${r + 1} (largest)` : `Rank ${r + 1}`;
  });
}
