/** A symmetry of the grid: rows and columns change places first, then either is reversed. */
export interface Turn {
  readonly transpose: boolean;
  readonly flipRows: boolean;
  readonly flipColumns: boolean;
}

/** Leaves everything where it is. */
export const UPRIGHT: Turn = { transpose: false, flipRows: false, flipColumns: false };

interface Size {
  readonly height: number;
  readonly width: number;
}

/** The size of a turned grid; and, since it is its own inverse, of the grid that was turned. */
export function turnedSize<T extends Size>(size: T, { transpose }: Turn): Size {
  return transpose ? { height: size.width, width: size.height } : { height: size.height, width: size.width };
}

/** Turns values [height, width, channels]; the result is of {@link turnedSize}. */
export function turn(data: Float32Array, { height, width }: Size, channels: number, by: Turn): Float32Array {
  if (isUpright(by)) return data;
  const out = new Float32Array(data.length);
  forEachPixel({ height, width }, by, (from, to) => {
    for (let c = 0; c < channels; c++) out[to * channels + c] = data[from * channels + c] as number;
  });
  return out;
}

/**
 * The inverse of {@link turn} for one channel.
 *
 * @param size before turning, so of the result
 */
export function turnBack(data: Float32Array, size: Size, by: Turn): Float32Array {
  if (isUpright(by)) return data;
  const out = new Float32Array(data.length);
  forEachPixel(size, by, (from, to) => {
    out[from] = data[to] as number;
  });
  return out;
}

function isUpright({ transpose, flipRows, flipColumns }: Turn): boolean {
  return !transpose && !flipRows && !flipColumns;
}

/** Calls back with the index of each pixel before and after turning. */
function forEachPixel({ height, width }: Size, by: Turn, visit: (from: number, to: number) => void): void {
  const turned = turnedSize({ height, width }, by);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = by.transpose ? x : y;
      const column = by.transpose ? y : x;
      const to =
        (by.flipRows ? turned.height - 1 - row : row) * turned.width +
        (by.flipColumns ? turned.width - 1 - column : column);
      visit(y * width + x, to);
    }
  }
}
