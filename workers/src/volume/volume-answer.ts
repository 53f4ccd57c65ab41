import { DEFAULT_SEED, DEFAULT_THRESHOLD } from '@d-persona/shared/contract/options.ts';
import type { Volume } from '@d-persona/shared/contract/volume.ts';
import { arrangeSeries } from '@d-persona/shared/dicom/series/arrange-series.ts';
import { type DicomMediaType, FRACTIONAL } from '../answer/dicom-types.ts';
import { warningField } from '../answer/provenance.ts';
import { dicomAnswer } from '../dicom/dicom-answer.ts';
import type { Services } from '../services.ts';
import { SOFTWARE } from '../version.ts';
import { type DrawingOrder, drawSeries } from './draw-series.ts';
import { readSeries } from './read-series.ts';
import { SliceDescriptions, SliceSegments } from './volume-collector.ts';

/** A series as it was sent, and who draws on it. */
export interface VolumeRequest extends DrawingOrder {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** What personas draw on each slice of a series, to be told as JSON. @throws InputError, ProblemError */
export async function describeVolume(request: VolumeRequest, services: Services): Promise<Volume> {
  const { body, contentType, options, model } = request;
  const series = arrangeSeries(readSeries(body, contentType, services.settings));
  const drawn = new SliceDescriptions();
  const warnings = await drawSeries(series, request, services, (slice) => drawn.add(slice));
  return {
    release: model.hash,
    seed: options.seed ?? DEFAULT_SEED,
    software: SOFTWARE,
    ...warningField(warnings),
    ...(series.warnings.length > 0 ? { series_warnings: [...series.warnings] } : {}),
    slices: drawn.slices,
  };
}

/** The same as a DICOM object that refers to every slice. */
export async function volumeObject(
  type: DicomMediaType,
  request: VolumeRequest,
  services: Services,
): Promise<Uint8Array<ArrayBuffer>> {
  const { body, contentType, options, model, personas } = request;
  const series = arrangeSeries(readSeries(body, contentType, services.settings));
  const titles = personas.map(({ title }) => title);
  const drawn = new SliceSegments(titles, type === FRACTIONAL);
  await drawSeries(series, request, services, (slice) => drawn.add(slice));
  const { seed = DEFAULT_SEED, threshold = DEFAULT_THRESHOLD, samples, region } = options;
  return dicomAnswer(type, series.source, drawn.segments, { seed, threshold, samples, region }, model);
}
