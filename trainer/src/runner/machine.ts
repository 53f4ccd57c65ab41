import type { Job } from './job.ts';

/** Where an attempt stands. `lost`: it was started and is gone without an exit code: preempted, rebooted, killed. */
export type AttemptState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'running' }
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'lost' };

/** One attempt at a job: its number from 1, and what the machine calls it once it is started. */
export interface Attempt {
  readonly number: number;
  readonly handle: string;
}

/**
 * A place that does jobs. Every call may be repeated: after a lost connection the same one is made again. None throws
 * for what the job itself does wrong; {@link ConnectionLost} says that the machine could not be asked.
 */
export interface Machine {
  readonly name: 'local' | 'ssh' | 'docker' | 'modal';
  /** Brings manifest and inputs there; outputs of an earlier attempt that are there already are kept. */
  push(job: Job): Promise<void>;
  /**
   * Starts an attempt, unless it was started: the machine itself keeps the marker, so that two callers start one.
   *
   * @param seconds after which the machine stops it
   * @returns handle
   */
  start(job: Job, attempt: number, seconds: number): Promise<string>;
  state(job: Job, attempt: Attempt): Promise<AttemptState>;
  /** Streams the log from a byte on, until the attempt ends or the signal aborts. */
  follow(job: Job, attempt: Attempt, offset: number, onLog: OnLog, signal: AbortSignal): Promise<void>;
  /** Asks the attempt to stop, so that it can write a checkpoint, and waits until it has. */
  cancel(job: Job, attempt: Attempt): Promise<void>;
  /** Brings the outputs back; what is not there is left out. */
  pull(job: Job): Promise<void>;
}

export type OnLog = (bytes: Uint8Array) => void;

/** The machine could not be asked: the same question may be asked again. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}
