import type { Keyword } from '@d-persona/shared/dicom/dictionary.ts';
import { unusable } from '@d-persona/shared/dicom/pixels/pixel-layout.ts';
import { WasmDecoders } from '@d-persona/shared/dicom/pixels/wasm-decoders.ts';
import { loadWasmFile } from '@d-persona/shared/dicom/pixels/wasm-files.ts';
import { type DicomObject, readImage, readObject } from '@d-persona/shared/dicom/read-image.ts';
import { arrangeSeries, type Series } from '@d-persona/shared/dicom/series/arrange-series.ts';
import type { ValueWindow } from '../../sample.ts';
import type { FileReader } from '../file-reader.ts';
import { MOST_VOXELS } from '../limits.ts';
import { standardiseVolume } from '../voxel-slices.ts';
import { type ImageSeries, MOST_INFLATED } from './series-index.ts';

const LIMITS = { maxPixels: 2 ** 24, maxFrames: 4096, maxInflatedBytes: MOST_INFLATED, minSide: 1 };

/** A series in order, its pixels still packed. */
export interface OpenSeries extends Series {
  readonly depth: number;
  readonly height: number;
  readonly width: number;
  /** Hounsfield units of a CT slice, clipped to the window if there is one; else the slice's values. */
  values(slice: number): Promise<Float32Array>;
}

/** One image's header, for its spacing. */
export async function readOne(path: string, reader: FileReader): Promise<DicomObject> {
  return readObject(await reader.read(path), reader.fullName(path), LIMITS);
}

/** @throws InputError for a series that is no volume, or values that are not as its modality has them */
export async function openSeries(
  { paths, modality }: ImageSeries,
  reader: FileReader,
  window: ValueWindow | null,
): Promise<OpenSeries> {
  const objects: DicomObject[] = [];
  for (const path of paths) objects.push(await readOne(path, reader));
  const series = arrangeSeries(objects);
  const { rows, columns } = series.source;
  if (series.slices.length * rows * columns > MOST_VOXELS) {
    throw refuse(
      objects[0] as DicomObject,
      'NumberOfFrames',
      `gives more than ${MOST_VOXELS} voxels`,
      'Leave slices out',
    );
  }
  const decoders = new WasmDecoders(loadWasmFile);
  const expected = { modality: null, units: modality === 'CT' ? 'HU' : null };
  return {
    ...series,
    depth: series.slices.length,
    height: rows,
    width: columns,
    async values(slice) {
      const { object, number } = series.slices[slice] as Series['slices'][number];
      const { data, channels } = await readImage(object, number, expected, decoders);
      if (channels !== 1) {
        throw refuse(object, 'PhotometricInterpretation', 'is of colours', 'Give a series in grey levels');
      }
      return modality === 'CT' && window !== null ? clipped(data, window) : data;
    },
  };
}

function refuse({ dataSet }: DicomObject, keyword: Keyword, problem: string, remedy: string) {
  return unusable(dataSet.encoding.name, keyword, problem, remedy);
}

function clipped(values: Float32Array, { center, width }: ValueWindow): Float32Array {
  const [low, high] = [center - width / 2, center + width / 2];
  return values.map((value) => Math.min(high, Math.max(low, value)));
}

/** Values of a series as standard deviations from their mean, which two passes over its slices give. */
export async function standardisedSlices(
  series: OpenSeries,
): Promise<(slice: number) => Promise<Float32Array>> {
  let [count, sum, squares] = [0, 0, 0];
  for (let slice = 0; slice < series.depth; slice++) {
    const { mean, deviation, values } = standardiseVolume(await series.values(slice));
    count += values.length;
    sum += values.length * mean;
    squares += values.length * (mean * mean + deviation * deviation);
  }
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean)) || 1;
  return async (slice) => (await series.values(slice)).map((value) => (value - mean) / deviation);
}
