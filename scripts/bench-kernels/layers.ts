/** The layers of the paper's U-Net at 128 × 128, as many channels out as in. */
export const LAYERS = [
  { side: 128, channels: 16 },
  { side: 64, channels: 32 },
  { side: 32, channels: 64 },
  { side: 16, channels: 128 },
  { side: 8, channels: 256 },
] as const;

/** Winograd with filters that are prepared once, or at each use from 8-bit ones; direct on 8 and 16 bits. */
export const METHODS = [
  'winograd4',
  'winograd4-at-use',
  'winograd2',
  'winograd2-at-use',
  'int8',
  'int16',
] as const;

export type Method = (typeof METHODS)[number];
