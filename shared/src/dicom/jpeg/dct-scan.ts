import { BitReader } from './bit-reader.ts';
import { BrokenJpeg } from './broken-jpeg.ts';
import type { Plane } from './dct-planes.ts';
import type { HuffmanTable } from './huffman.ts';
import type { FrameHeader, Scan } from './segments.ts';

/** Decodes one block of a scan: 64 coefficients from `at` on, of the component with this place in the scan. */
type BlockReader = (coefficients: Int16Array, at: number, place: number) => void;

/**
 * Reads the coefficients of a scan of a sequential or progressive picture (T.81, F and G), MCU by MCU if it holds
 * several components, block by block if it holds one (A.2).
 *
 * @returns where the scan ends
 * @throws BrokenJpeg
 */
export function readDctScan(
  bytes: Uint8Array,
  frame: FrameHeader,
  scan: Scan,
  planes: readonly Plane[],
): number {
  const reader = new BitReader(bytes, scan.at);
  const state: ScanState = { reader, scan, predictions: [], endOfBandRun: 0 };
  const readBlock = blockReader(frame, state);
  let left = scan.restartInterval;
  const beforeMcu = () => {
    if (scan.restartInterval === 0 || left-- > 0) return;
    reader.restart();
    state.predictions.length = 0;
    state.endOfBandRun = 0;
    left = scan.restartInterval - 1;
  };
  const [only] = scan.components;
  if (scan.components.length === 1 && only !== undefined) {
    const { across, down, stride, coefficients } = planes[only.component] as Plane;
    for (let by = 0; by < down; by++) {
      for (let bx = 0; bx < across; bx++) {
        beforeMcu();
        readBlock(coefficients, 64 * (by * stride + bx), 0);
      }
    }
    return reader.end;
  }
  const parts = scan.components.map(({ component }) => ({
    plane: planes[component] as Plane,
    horizontal: frame.components[component]?.horizontal ?? 1,
    vertical: frame.components[component]?.vertical ?? 1,
  }));
  const mcusAcross = (parts[0]?.plane.stride ?? 0) / (parts[0]?.horizontal ?? 1);
  const mcus =
    (parts[0]?.plane.coefficients.length ?? 0) / 64 / (parts[0]?.horizontal ?? 1) / (parts[0]?.vertical ?? 1);
  for (let mcu = 0; mcu < mcus; mcu++) {
    beforeMcu();
    const my = Math.floor(mcu / mcusAcross);
    const mx = mcu % mcusAcross;
    parts.forEach(({ plane, horizontal, vertical }, place) => {
      for (let v = 0; v < vertical; v++) {
        for (let h = 0; h < horizontal; h++) {
          const block = (my * vertical + v) * plane.stride + mx * horizontal + h;
          readBlock(plane.coefficients, 64 * block, place);
        }
      }
    });
  }
  return reader.end;
}

interface ScanState {
  readonly reader: BitReader;
  readonly scan: Scan;
  /** DC of the block before, by place in the scan. */
  readonly predictions: number[];
  /** Blocks, this one included, in which the band has nothing (more) to say (T.81, G.1.2.2). */
  endOfBandRun: number;
}

function blockReader({ process }: FrameHeader, state: ScanState): BlockReader {
  const { start, end, high } = state.scan;
  if (process === 'sequential') return sequentialBlock(state);
  if (process !== 'progressive' || end > 63 || start > end || (start === 0 && end !== 0)) {
    throw new BrokenJpeg('has a scan of coefficients that do not exist');
  }
  if (start > 0 && state.scan.components.length > 1) throw new BrokenJpeg('mixes components in an AC scan');
  if (start === 0) return high === 0 ? firstDc(state) : refineDc(state);
  return high === 0 ? firstAc(state) : refineAc(state);
}

function tableOf(tables: readonly (HuffmanTable | undefined)[], destination = 0): HuffmanTable {
  const table = tables[destination];
  if (table === undefined) throw new BrokenJpeg('uses a Huffman table that it does not have');
  return table;
}

function nextDc({ reader, scan, predictions }: ScanState, place: number): number {
  const category = reader.decode(tableOf(scan.tables.dc, scan.components[place]?.dc));
  if (category > 15) throw new BrokenJpeg('has a DC difference of more than 15 bits');
  const value = (predictions[place] ?? 0) + reader.difference(category);
  predictions[place] = value;
  return value;
}

/** T.81, F.2.2.1 and F.2.2.2. */
function sequentialBlock(state: ScanState): BlockReader {
  const { reader, scan } = state;
  const acTables = scan.components.map(({ ac }) => tableOf(scan.tables.ac, ac));
  return (coefficients, at, place) => {
    const table = acTables[place] as HuffmanTable;
    coefficients[at] = nextDc(state, place);
    for (let k = 1; k < 64; k++) {
      const symbol = reader.decode(table);
      const size = symbol & 15;
      if (size === 0) {
        if (symbol !== 0xf0) return;
        k += 15;
      } else {
        k += symbol >>> 4;
        if (k > 63) throw new BrokenJpeg('has a run beyond the end of a block');
        coefficients[at + k] = reader.difference(size);
      }
    }
  };
}

/** T.81, G.1.2.1. */
function firstDc(state: ScanState): BlockReader {
  return (coefficients, at, place) => {
    coefficients[at] = nextDc(state, place) << state.scan.low;
  };
}

function refineDc({ reader, scan }: ScanState): BlockReader {
  return (coefficients, at) => {
    if (reader.bits(1) === 1) coefficients[at] = (coefficients[at] as number) | (1 << scan.low);
  };
}

/** T.81, G.1.2.2. */
function firstAc(state: ScanState): BlockReader {
  const { reader, scan } = state;
  const table = tableOf(scan.tables.ac, scan.components[0]?.ac);
  return (coefficients, at) => {
    if (state.endOfBandRun > 0) {
      state.endOfBandRun--;
      return;
    }
    for (let k = scan.start; k <= scan.end; k++) {
      const symbol = reader.decode(table);
      const run = symbol >>> 4;
      const size = symbol & 15;
      if (size === 0 && run < 15) {
        state.endOfBandRun = (1 << run) + reader.bits(run) - 1;
        return;
      }
      k += run;
      if (k > 63) throw new BrokenJpeg('has a run beyond the end of a block');
      if (size > 0) coefficients[at + k] = reader.difference(size) << scan.low;
    }
  };
}

/** T.81, G.1.2.3: a bit for every coefficient that is not zero yet; new ones come with their sign only. */
function refineAc(state: ScanState): BlockReader {
  const { reader, scan } = state;
  const table = tableOf(scan.tables.ac, scan.components[0]?.ac);
  const bit = 1 << scan.low;
  const refine = (coefficients: Int16Array, i: number) => {
    const value = coefficients[i] as number;
    if (reader.bits(1) === 1 && (value & bit) === 0) coefficients[i] = value + (value > 0 ? bit : -bit);
  };
  return (coefficients, at) => {
    let k = scan.start;
    while (state.endOfBandRun === 0 && k <= scan.end) {
      const symbol = reader.decode(table);
      const size = symbol & 15;
      let run = symbol >>> 4;
      if (size === 0 && run < 15) {
        state.endOfBandRun = (1 << run) + reader.bits(run);
        break;
      }
      const fresh = size === 0 ? 0 : reader.bits(1) === 1 ? bit : -bit;
      for (; k <= scan.end; k++) {
        if (coefficients[at + k] !== 0) refine(coefficients, at + k);
        else if (run-- === 0) break;
      }
      if (fresh !== 0 && k <= scan.end) coefficients[at + k] = fresh;
      k++;
    }
    if (state.endOfBandRun === 0) return;
    for (; k <= scan.end; k++) if (coefficients[at + k] !== 0) refine(coefficients, at + k);
    state.endOfBandRun--;
  };
}
