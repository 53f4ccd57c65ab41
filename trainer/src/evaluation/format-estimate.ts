import type { Estimate } from './bootstrap.ts';

interface EstimateFormat {
  /** Digits after the point; 3 if left out. */
  readonly digits?: number;
  /** Write a + before a number above 0. */
  readonly signed?: boolean;
}

/** `0.837 [0.822, 0.850]`, without the interval where there is none, `–` where there is no value. */
export function formatEstimate(estimate: Estimate, format: EstimateFormat = {}): string {
  if (estimate.mean === null) return '–';
  const center = formatNumber(estimate.mean, format);
  return estimate.low === null || estimate.high === null
    ? center
    : `${center} ${formatInterval(estimate, format)}`;
}

/** `[0.822, 0.850]`, or nothing where there is no interval. */
export function formatInterval({ low, high }: Estimate, format: EstimateFormat = {}): string {
  return low === null || high === null ? '' : `[${formatNumber(low, format)}, ${formatNumber(high, format)}]`;
}

/** A number with a fixed count of digits and a true minus sign. */
export function formatNumber(value: number, { digits = 3, signed = false }: EstimateFormat = {}): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text; // no sign on a rounded nothing
  if (value < 0) return `−${text}`;
  return signed ? `+${text}` : text;
}

/** The mean of shares as `97 %`, `–` where there is none. */
export function formatPercent({ mean }: Estimate): string {
  return mean === null ? '–' : `${formatNumber(100 * mean, { digits: 0 })} %`;
}
