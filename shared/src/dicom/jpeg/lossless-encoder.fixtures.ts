/** How a picture is written. */
export interface LosslessWriting {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly precision: number;
  /** 1 to 7 (ITU-T T.81, table H.1). */
  readonly predictor: number;
  readonly pointTransform?: number;
  /** Rows from one restart marker to the next; 0 for none. */
  readonly restartRows?: number;
}

/**
 * A lossless JPEG by the letter of ITU-T T.81, H, with a Huffman code of 5 bits for each of the 17 categories: an
 * encoder to test with, as plain as can be.
 *
 * @param data [rows, columns, samples], with zeros where the point transform drops bits
 */
export function encodeLossless(data: ArrayLike<number>, writing: LosslessWriting): Uint8Array {
  const { rows, columns, samples, precision, predictor, pointTransform = 0, restartRows = 0 } = writing;
  const out: number[] = [0xff, 0xd8];
  const segment = (code: number, body: readonly number[]) =>
    out.push(0xff, code, (body.length + 2) >> 8, (body.length + 2) & 255, ...body);
  const two = (value: number) => [value >> 8, value & 255];
  const components = Array.from({ length: samples }, (_, i) => i + 1);
  segment(0xc4, [
    0,
    0,
    0,
    0,
    0,
    17,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    ...Array.from({ length: 17 }, (_, i) => i),
  ]);
  if (restartRows > 0) segment(0xdd, two(restartRows * columns));
  segment(0xc3, [
    precision,
    ...two(rows),
    ...two(columns),
    samples,
    ...components.flatMap((id) => [id, 0x11, 0]),
  ]);
  segment(0xda, [samples, ...components.flatMap((id) => [id, 0]), predictor, 0, pointTransform]);

  const bits = new BitWriter(out);
  const at = (y: number, x: number, c: number) =>
    (data[(y * columns + x) * samples + c] as number) >> pointTransform;
  let start = 0;
  for (let y = 0; y < rows; y++) {
    if (restartRows > 0 && y > 0 && y % restartRows === 0) {
      bits.flush();
      out.push(0xff, 0xd0 + ((y / restartRows - 1) & 7));
      start = y;
    }
    for (let x = 0; x < columns; x++) {
      for (let c = 0; c < samples; c++) {
        const predicted =
          y === start && x === 0
            ? 1 << (precision - pointTransform - 1)
            : y === start
              ? at(y, x - 1, c)
              : x === 0
                ? at(y - 1, x, c)
                : predict(predictor, at(y, x - 1, c), at(y - 1, x, c), at(y - 1, x - 1, c));
        writeDifference(bits, at(y, x, c) - predicted);
      }
    }
  }
  bits.flush();
  out.push(0xff, 0xd9);
  return Uint8Array.from(out);
}

function predict(predictor: number, a: number, b: number, c: number): number {
  switch (predictor) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + Math.floor((b - c) / 2);
    case 6:
      return b + Math.floor((a - c) / 2);
    default:
      return Math.floor((a + b) / 2);
  }
}

function writeDifference(bits: BitWriter, exact: number): void {
  const modulo = ((exact % 65536) + 65536) % 65536;
  const difference = modulo > 32768 ? modulo - 65536 : modulo;
  if (difference === 32768) {
    bits.write(16, 5);
    return;
  }
  const category = Math.abs(difference).toString(2).length * Math.sign(Math.abs(difference));
  bits.write(category, 5);
  bits.write(difference < 0 ? difference + 2 ** category - 1 : difference, category);
}

class BitWriter {
  readonly #out: number[];
  #bits = '';

  constructor(out: number[]) {
    this.#out = out;
  }

  write(value: number, length: number): void {
    if (length > 0) this.#bits += value.toString(2).padStart(length, '0');
    while (this.#bits.length >= 8) this.#byte();
  }

  /** Fills up with ones. */
  flush(): void {
    if (this.#bits === '') return;
    this.#bits = this.#bits.padEnd(8, '1');
    this.#byte();
  }

  #byte(): void {
    const byte = Number.parseInt(this.#bits.slice(0, 8), 2);
    this.#bits = this.#bits.slice(8);
    this.#out.push(byte);
    if (byte === 0xff) this.#out.push(0);
  }
}
