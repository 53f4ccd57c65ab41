import { BrokenJpeg } from './broken-jpeg.ts';

/**
 * For each 16 bits that a stream goes on with: the length of the code they begin with, in the high byte, and its value
 * in the low one; 0 where they begin with no code.
 */
export type HuffmanTable = Uint16Array;

/**
 * The table of a DHT segment (ITU-T T.81, C): `counts` of codes by length, 1 to 16, and their values in order.
 *
 * @throws BrokenJpeg where the codes do not fit into 16 bits.
 */
export function huffmanTable(counts: Uint8Array, values: Uint8Array): HuffmanTable {
  const table = new Uint16Array(65536);
  let at = 0; // the next code, its bits at the top of 16
  let k = 0;
  counts.forEach((count, i) => {
    const length = i + 1;
    const span = 1 << (16 - length);
    for (let n = 0; n < count; n++) {
      if (at + span > 65536) throw new BrokenJpeg('has a Huffman table with more codes than there can be');
      table.fill((length << 8) | (values[k++] ?? 0), at, at + span);
      at += span;
    }
  });
  return table;
}
