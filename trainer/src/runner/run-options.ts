import type { Prices } from './cost.ts';
import type { OnLog } from './machine.ts';

/** How a job is watched. */
export interface RunOptions {
  readonly prices: Prices;
  /** Takes the job's log as it comes. */
  readonly onLog: OnLog;
  /** Takes what the runner itself has to say, a line at a time. */
  readonly tell: (line: string) => void;
  /** Aborted to cancel the job. */
  readonly signal: AbortSignal;
  /** Start a failed job again. */
  readonly retry?: boolean;
  /** Between two questions to a machine that does not answer, at first; milliseconds. */
  readonly pauseMs?: number;
  /** How long a machine may not answer before this gives up, milliseconds; the job runs on. */
  readonly patienceMs?: number;
}
