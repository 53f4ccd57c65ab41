import { InputError } from '@d-persona/shared/errors.ts';
import { z } from 'zod';
import type { Job } from './job.ts';
import type { Machine } from './machine.ts';

/** US $ an hour, by machine and GPU ('none' without one). A setting: prices change and differ by contract. */
export const pricesSchema = z.partialRecord(
  z.enum(['local', 'ssh', 'docker', 'modal']),
  z.record(z.string(), z.number().min(0)),
);

export type Prices = z.infer<typeof pricesSchema>;

/** List prices of Modal in 2026, to be checked against the contract (docs/runner.md names the sources); own machines cost nothing. */
export const DEFAULT_PRICES: Prices = {
  local: { none: 0 },
  docker: { none: 0 },
  ssh: { none: 0 },
  modal: {
    none: 0.1,
    T4: 0.59,
    L4: 0.8,
    A10: 1.1,
    A10G: 1.1,
    L40S: 1.95,
    A100: 2.1,
    'A100-80GB': 2.5,
    H100: 3.95,
    H200: 4.54,
  },
};

/** What a job may cost on a machine. */
export interface CostEstimate {
  readonly dollarsPerHour: number;
  /** If it takes as long as expected. */
  readonly expected: number;
  /** Seconds that the next attempt may take: its timeout, or what is left of the ceiling. */
  readonly seconds: number;
}

/**
 * What a job will cost, and how long its next attempt may take within the ceiling.
 *
 * @param spentSeconds of all earlier attempts
 * @throws InputError when there is no price and a ceiling, or the ceiling does not pay for the expected time
 */
export function estimateCost(
  job: Job,
  machine: Machine['name'],
  prices: Prices,
  spentSeconds: number,
): CostEstimate {
  const type = job.resources.gpu ?? 'none';
  const free = machine === 'local' || machine === 'docker';
  const price = prices[machine]?.[type] ?? (free || job.priceCeiling === null ? 0 : undefined);
  if (price === undefined) {
    throw new InputError({
      code: 'no-price',
      input: `prices.${machine}.${type}`,
      problem: 'is not set, but the job has a price ceiling',
      remedy: 'Set the price in US $ an hour, or the ceiling to null',
    });
  }
  const expected = (price * job.expectedSeconds) / 3600;
  const affordable = job.priceCeiling === null || price === 0 ? Infinity : (3600 * job.priceCeiling) / price;
  const left = Math.floor(affordable - spentSeconds);
  if (left < Math.max(1, job.expectedSeconds - spentSeconds)) {
    throw new InputError({
      code: 'too-expensive',
      input: `job ${job.id}`,
      problem: `needs about $${expected.toFixed(2)} on ${machine} ${type}, and $${((price * spentSeconds) / 3600).toFixed(2)} are spent, of at most $${job.priceCeiling}`,
      remedy: 'Raise priceCeiling, or choose a cheaper GPU',
    });
  }
  return { dollarsPerHour: price, expected, seconds: Math.min(job.timeoutSeconds, left) };
}
