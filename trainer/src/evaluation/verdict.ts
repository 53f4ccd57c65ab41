import type { Estimate } from './bootstrap.ts';
import { formatEstimate } from './format-estimate.ts';
import { type Baseline, METHOD_TITLES, type Verdict } from './table.ts';

/**
 * Whether the personas are better than a baseline: only if the whole interval of their paired difference says so.
 * Without an interval (one patient) nothing is claimed.
 */
export function verdictOf({ low, high }: Estimate): Verdict {
  if (low !== null && low > 0) return 'beats';
  if (high !== null && high < 0) return 'loses';
  return 'no difference beyond the interval';
}

/** The verdict as a sentence that can stand alone: with difference, interval and number of patients. */
export function verdictSentence(baseline: Baseline, difference: Estimate): string {
  const rival = `the ${METHOD_TITLES[baseline]}`;
  const figures = `${formatEstimate(difference, { digits: 4, signed: true })}, ${difference.patients} patients`;
  switch (verdictOf(difference)) {
    case 'beats':
      return `The personas beat ${rival} in Dice by identity: ${figures}.`;
    case 'loses':
      return `The personas lose to ${rival} in Dice by identity: ${figures}.`;
    default:
      return `The personas do not beat ${rival}: no difference in Dice by identity beyond the interval, ${figures}.`;
  }
}
