/** One way to run a release, and what is timed of it. Results are kept, so that nothing can be left out. */
export interface Peer {
  /** U-Net, prior and heads of an image. */
  encode(): void | Promise<void>;
  /** All personas of the case that was encoded last. */
  personas(): void | Promise<void>;
  /** One persona of that case. */
  persona(): void | Promise<void>;
  /** Fifty samples with their mean and standard deviation. */
  samples50(): void | Promise<void>;
  /** Bytes of its WebAssembly memory. */
  memoryBytes(): number;
  /** A map to compare with the other peers'. */
  map(): Float32Array;
}

/** Milliseconds for each time: by the clock, and of the processor (NaN where the system does not tell). */
export interface Timing {
  readonly ms: number;
  readonly cpuMs: number;
}

/** What can be timed: a whole request is an image encoded and all of its personas. */
export type Part = 'encode' | 'personas' | 'persona' | 'samples50';

export const SAMPLES = 50;
