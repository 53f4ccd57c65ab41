/** What can be timed: our kernels, TensorFlow.js' own WASM backend (one thread), TensorFlow and PyTorch on the CPU. */
export const peerNames = ['npm', 'tfjs-wasm', 'tfjs-node', 'torch'] as const;
export type PeerName = (typeof peerNames)[number];

/** One kind of training step. */
export interface BenchCase {
  readonly name: string;
  readonly stage: 1 | 2;
  readonly side: number;
  readonly batch: number;
  readonly widths: readonly number[];
}

const full = [16, 32, 64, 128, 256];
const small = [8, 16, 32, 64];

export const cases: readonly BenchCase[] = [
  { name: 'stage1_128', stage: 1, side: 128, batch: 12, widths: full },
  { name: 'stage2_128', stage: 2, side: 128, batch: 12, widths: full },
  { name: 'stage1_64', stage: 1, side: 64, batch: 12, widths: full },
  { name: 'stage2_64', stage: 2, side: 64, batch: 12, widths: full },
  { name: 'stage1_128_small', stage: 1, side: 128, batch: 12, widths: small },
  { name: 'stage2_128_small', stage: 2, side: 128, batch: 12, widths: small },
  { name: 'stage1_64_small', stage: 1, side: 64, batch: 12, widths: small },
  { name: 'stage2_64_small', stage: 2, side: 64, batch: 12, widths: small },
];

/** The paper's size. */
export const defaultCases = ['stage1_128', 'stage2_128', 'stage1_64'] as const;

/** What a peer answers to each step. */
export interface PeerReply {
  readonly ms: number;
  /** Of the peer's process so far. */
  readonly peakMb: number;
}
