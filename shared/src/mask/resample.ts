/** For one output position: which source samples, from `first` on, and their weights (sum 1). Empty outside. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/** Where, along one axis, outputs are taken: `outputs` of them, evenly over [start, start + length) of a source. */
export interface Axis {
  /** Samples of the source. */
  readonly source: number;
  /** Where the stretch begins; may be negative, or between samples. */
  readonly start: number;
  /** How many source samples long the stretch is; may reach beyond the source. */
  readonly length: number;
  readonly outputs: number;
}

/**
 * Linear interpolation between sample centres; where the stretch is shrunk, a triangle as wide as the step is used, so
 * that nothing between two outputs is skipped. Equal lengths copy exactly. At the source's ends the weights that fall
 * outside are left out and the rest scaled up.
 */
function axisTaps({ source, start, length, outputs }: Axis): Taps[] {
  const step = length / outputs;
  const reach = Math.max(1, step);
  return Array.from({ length: outputs }, (_, i) => {
    const centre = start + (i + 0.5) * step - 0.5;
    if (centre < -0.5 || centre >= source - 0.5) return { first: 0, weights: [] };
    const first = Math.max(0, Math.floor(centre - reach) + 1);
    const last = Math.min(source - 1, Math.ceil(centre + reach) - 1);
    const raw = Array.from({ length: last - first + 1 }, (_, k) => 1 - Math.abs(first + k - centre) / reach);
    const sum = raw.reduce((a, b) => a + b, 0);
    return { first, weights: raw.map((weight) => weight / sum) };
  });
}

/** A resampled rectangle, and which part of it lay on the source: [from, to) rows and columns. */
export interface Resampled {
  /** [vertical.outputs, horizontal.outputs, channels]; 0 outside the source. */
  readonly data: Float32Array;
  readonly rows: readonly [from: number, to: number];
  readonly columns: readonly [from: number, to: number];
}

/** Where outputs go: the first one's index, and how far apart rows are. */
export interface Target {
  readonly data: Float32Array;
  readonly offset: number;
  readonly stride: number;
}

/**
 * Resamples a rectangle of `data` [vertical.source, horizontal.source, channels], rows first, then columns.
 * Outputs whose centre is outside the source are 0.
 *
 * @param target of zeros; memory of its own if absent
 */
export function resample(
  data: Float32Array | Uint8Array | Uint16Array,
  vertical: Axis,
  horizontal: Axis,
  channels: number,
  target?: Target,
): Resampled {
  const down = axisTaps(vertical);
  const across = axisTaps(horizontal);
  const stride = horizontal.source * channels;
  const row = new Float64Array(stride);
  const width = horizontal.outputs * channels;
  const into = target ?? { data: new Float32Array(vertical.outputs * width), offset: 0, stride: width };
  const { data: out, offset, stride: step } = into;
  down.forEach(({ first, weights }, y) => {
    if (weights.length === 0) return;
    row.fill(0);
    weights.forEach((weight, k) => {
      const at = (first + k) * stride;
      for (let i = 0; i < stride; i++) row[i] = (row[i] as number) + weight * (data[at + i] as number);
    });
    across.forEach((taps, x) => {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < taps.weights.length; k++) {
          sum += (taps.weights[k] as number) * (row[(taps.first + k) * channels + c] as number);
        }
        out[offset + y * step + x * channels + c] = sum;
      }
    });
  });
  return { data: out, rows: covered(down), columns: covered(across) };
}

function covered(taps: readonly Taps[]): [from: number, to: number] {
  const from = taps.findIndex(({ weights }) => weights.length > 0);
  return from < 0 ? [0, 0] : [from, taps.findLastIndex(({ weights }) => weights.length > 0) + 1];
}
