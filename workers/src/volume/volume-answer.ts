import { DEFAULT_SEED, DEFAULT_THRESHOLD } from '@d-persona/shared/contract/options.ts';
import type { Volume } from '@d-persona/shared/contract/volume.ts';
import { arrangeSeries, type Series } from '@d-persona/shared/dicom/series/arrange-series.ts';
import { type DicomMediaType, FRACTIONAL } from '../answer/dicom-types.ts';
import { warningField } from '../answer/provenance.ts';
import { fractionalBytes, leastBytes } from '../case/work-bytes.ts';
import { dicomAnswer } from '../dicom/dicom-answer.ts';
import type { Work } from '../engine/isolate-memory.ts';
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
export function describeVolume(request: VolumeRequest, services: Services): Promise<Volume> {
  return services.memory.during(ownBytes(request), (work) => describe(request, services, work));
}

async function describe(request: VolumeRequest, services: Services, work: Work): Promise<Volume> {
  const { options, model } = request;
  const series = seriesOf(request, services, work);
  const drawn = new SliceDescriptions();
  const warnings = await drawSeries(series, request, services, work, (slice) => drawn.add(slice));
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
export function volumeObject(
  type: DicomMediaType,
  request: VolumeRequest,
  services: Services,
): Promise<Uint8Array<ArrayBuffer>> {
  return services.memory.during(ownBytes(request), (work) => writeObject(type, request, services, work));
}

async function writeObject(
  type: DicomMediaType,
  request: VolumeRequest,
  services: Services,
  work: Work,
): Promise<Uint8Array<ArrayBuffer>> {
  const { options, model, personas } = request;
  const series = seriesOf(request, services, work);
  if (type === FRACTIONAL) {
    const maps = personas.length + (options.samples ?? 0) + 1;
    const bytes = series.slices.map(({ object: { layout } }) =>
      fractionalBytes({ height: layout.rows, width: layout.columns }, maps),
    );
    work.take(
      bytes.reduce((a, b) => a + b, 0),
      'A fractional segmentation',
    );
  }
  const titles = personas.map(({ title }) => title);
  const drawn = new SliceSegments(titles, type === FRACTIONAL);
  await drawSeries(series, request, services, work, (slice) => drawn.add(slice));
  const { seed = DEFAULT_SEED, threshold = DEFAULT_THRESHOLD, samples, region } = options;
  return dicomAnswer(type, series.source, drawn.segments, { seed, threshold, samples, region }, model);
}

function ownBytes({ body, model }: VolumeRequest): number {
  return body.length + leastBytes(model);
}

function seriesOf({ body, contentType }: VolumeRequest, { settings }: Services, work: Work): Series {
  return arrangeSeries(readSeries(body, contentType, settings, work));
}
