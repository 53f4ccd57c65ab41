import { type Buffer, placeBuffers } from './arena.ts';
import { type Filters, planeBytes, preparedBytes } from './filters.ts';
import { padded } from './kernels.ts';
import type { Matrix, Size } from './prepare-model.ts';
import type { ConvolutionStep, FeatureMap, Place, Step } from './steps.ts';

/** What a plan's steps need of the arena, and the steps. */
export interface BuiltPlan {
  readonly steps: readonly Step[];
  readonly buffers: readonly Buffer[];
  /** Bytes of the arena. */
  readonly bytes: number;
}

/** Tiles that share one pass over the filters: enough to read them seldom, few enough to stay in the cache. */
const BLOCK_TILES = 32;
const BLOCK_TILES_WIDE = 64;

/** A convolution of which the builder finds out the rest. */
interface Convolution {
  readonly filters: Filters;
  readonly plain: Place;
  readonly plainChannels: number;
  readonly up?: FeatureMap | undefined;
  readonly nearest?: boolean;
  readonly height: number;
  readonly width: number;
  readonly out: Place;
  readonly relu?: boolean;
  readonly border?: number;
  readonly plainTop?: number;
  readonly outTop?: number;
  readonly outRows?: number;
  readonly copies?: number;
  readonly strides?: { readonly filters: number; readonly bias: number; readonly out: number };
}

/** Collects steps in the order in which they run, and from when to when each buffer lives. */
export class PlanBuilder {
  readonly #steps: Step[] = [];
  readonly #buffers: Buffer[] = [];

  /** A buffer that lives from the next step on, to the last step that {@link touch}es it. */
  buffer(bytes: number): Buffer {
    const now = this.#steps.length;
    const buffer = { bytes, first: now, last: now, address: 0 };
    this.#buffers.push(buffer);
    return buffer;
  }

  /** A buffer for a map, channels padded. */
  map({ height, width }: Size, channels: number): FeatureMap {
    return { buffer: this.buffer(4 * height * width * padded(channels)), height, width, channels };
  }

  /** Keeps a buffer alive to the end of what is planned so far. */
  touch(...buffers: Buffer[]): void {
    for (const buffer of buffers) buffer.last = Math.max(buffer.last, this.#steps.length);
  }

  #add(step: Step, ...places: Place[]): void {
    this.touch(...places.map(({ buffer }) => buffer));
    this.#steps.push(step);
  }

  convolution(layer: Convolution): void {
    const { filters, up, plain, out, height, width, border = 0, copies = 1 } = layer;
    const outRows = layer.outRows ?? height + 2 * border;
    const blockRows = blockRowsOf(filters, width + 2 * border, outRows);
    const scratch = start(this.buffer(scratchBytes(filters, width, border, blockRows, up)));
    const prepare = filters.prepared
      ? undefined
      : start(this.buffer(copies * preparedBytes(filters.method, filters.depth, filters.n)));
    const step: ConvolutionStep = {
      kind: 'convolution',
      filters,
      up: up === undefined ? undefined : { ...up, place: start(up.buffer) },
      nearest: layer.nearest ?? false,
      plain,
      plainChannels: layer.plainChannels,
      plainTop: layer.plainTop ?? 0,
      height,
      width,
      border,
      out,
      outTop: layer.outTop ?? 0,
      outRows,
      relu: layer.relu ?? true,
      blockRows,
      scratch,
      prepare,
      copies,
      filtersStride: layer.strides?.filters ?? 0,
      biasStride: layer.strides?.bias ?? 0,
      outStride: layer.strides?.out ?? 0,
    };
    const more = [prepare, step.up?.place].filter((place) => place !== undefined);
    this.#add(step, plain, out, scratch, ...more);
  }

  /** Convolutions of a map one after the other, each in the place of the one before where it fits. */
  convolutions(input: FeatureMap, filters: readonly Filters[], overwrite: boolean): FeatureMap {
    let map = input;
    for (const [i, filter] of filters.entries()) {
      const { height, width, buffer, channels } = map;
      const inPlace = (overwrite || i > 0) && filter.n <= filter.depth;
      const out = inPlace ? { ...map, channels: filter.n } : this.map(map, filter.n);
      this.convolution({
        filters: filter,
        plain: start(buffer),
        plainChannels: channels,
        height,
        width,
        out: start(out.buffer),
      });
      map = out;
    }
    return map;
  }

  /** The first convolution of an image [height, width, channels] without padding. */
  first(
    image: Buffer,
    { height, width }: Size,
    channels: number,
    { address, bias, k, n }: Matrix,
  ): FeatureMap {
    const out = this.map({ height, width }, n);
    const room = 4 * (3 * ((width + 6) * channels + 4) + padded(width) * (k + n));
    const [x, to, scratch] = [start(image), start(out.buffer), start(this.buffer(room))];
    const step = { x, height, width, channels, filters: address, bias, out: to, outputs: n, scratch };
    this.#add({ kind: 'first', ...step }, x, to, scratch);
    return out;
  }

  pool(x: FeatureMap, out: FeatureMap): void {
    this.poolRows(start(x.buffer), x, start(out.buffer));
  }

  /** Pools rows that begin with an even one. */
  poolRows(x: Place, { height, width, channels }: Size & { channels: number }, out: Place): void {
    this.#add({ kind: 'pool', x, height, width, channels: padded(channels), out }, x, out);
  }

  mean({ buffer, height, width, channels }: FeatureMap, out: Place): void {
    const x = start(buffer);
    this.#add({ kind: 'mean', x, pixels: height * width, channels: padded(channels), out }, x, out);
  }

  dense(x: Buffer, rows: number, { address, bias, k, n }: Matrix, relu = false): Buffer {
    const out = this.buffer(4 * padded(rows) * n);
    const places = { x: start(x), out: start(out) };
    this.#add({ kind: 'dense', ...places, rows, k, matrix: address, bias, relu, n }, places.x, places.out);
    return out;
  }

  /** The taps of a 7×7 convolution of stride 2 on an image without padding: [⌈H/2⌉·⌈W/2⌉, padded(49·C)]. */
  stemPatches(image: Buffer, { height, width }: Size, channels: number): Buffer {
    const rows = Math.ceil(height / 2) * Math.ceil(width / 2);
    const out = this.buffer(4 * padded(rows) * padded(49 * channels));
    const places = { x: start(image), out: start(out) };
    this.#add({ kind: 'patches', ...places, height, width, channels }, places.x, places.out);
    return out;
  }

  /** Half the rows and columns, of each window the largest or the first. */
  halve(map: FeatureMap, keep: 'largest' | 'first'): FeatureMap {
    const { height, width, channels } = map;
    const out = this.map({ height: Math.ceil(height / 2), width: Math.ceil(width / 2) }, channels);
    const places = { x: start(map.buffer), out: start(out.buffer) };
    const size = { height, width, channels: padded(channels) };
    this.#add({ kind: 'halve', keep, ...places, ...size }, places.x, places.out);
    return out;
  }

  /** max(0, map + other) in the place of the map. */
  addRelu({ buffer, height, width, channels }: FeatureMap, other: Buffer): void {
    const [x, y] = [start(buffer), start(other)];
    this.#add({ kind: 'add', x, y, floats: height * width * padded(channels) }, x, y);
  }

  /** Rows [rows, channels] in panels of four: see the kernels. */
  panels(x: Buffer, rows: number, channels: number): Buffer {
    const out = this.buffer(4 * padded(rows) * padded(channels));
    const places = { x: start(x), out: start(out) };
    this.#add(
      { kind: 'panels', ...places, rows: padded(rows), channels: padded(channels) },
      places.x,
      places.out,
    );
    return out;
  }

  /** Places all buffers. */
  build(): BuiltPlan {
    return { steps: this.#steps, buffers: this.#buffers, bytes: placeBuffers(this.#buffers) };
  }
}

/** The beginning of a buffer. */
export function start(buffer: Buffer): Place {
  return { buffer, offset: 0 };
}

function blockRowsOf({ method, depth }: Filters, width: number, rows: number): number {
  const side = method === 'winograd4' ? 4 : 2;
  const target = depth > 64 ? BLOCK_TILES_WIDE : BLOCK_TILES;
  return Math.max(1, Math.min(Math.ceil(rows / side), Math.ceil(target / Math.ceil(width / side))));
}

/** Room that a convolution works in: see `winograd4` and `winograd2` of the kernels. */
function scratchBytes(
  { method, depth, n }: Filters,
  width: number,
  border: number,
  blockRows: number,
  up: FeatureMap | undefined,
): number {
  const side = method === 'winograd4' ? 4 : 2;
  const tiles = Math.ceil((width + 2 * border) / side);
  const room = blockRows * padded(tiles);
  const rows = side + 2;
  return (
    16 * Math.ceil((12 * width) / 16) +
    (up === undefined ? 0 : 4 * up.width * padded(up.channels)) +
    4 * rows * (side * padded(tiles) + 2) * depth +
    4 * rows * width * depth +
    rows * rows * (planeBytes(room, depth) + planeBytes(room, n))
  );
}
