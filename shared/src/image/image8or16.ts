/**
 * A decoded picture, as it was stored: row by row, channels interleaved (HWC), no scaling of intensities.
 * `data` is a Uint8Array for 8 bits (0 to 255) and a Uint16Array for 16 (0 to 65535, in the machine's byte order).
 */
export interface Image8or16 {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly bitDepth: 8 | 16;
  readonly data: Uint8Array | Uint16Array;
}
