import type { RateLimiter } from './limits/request-limits.ts';
import type { AnalyticsDataset } from './observe/analytics.ts';
import type { Database } from './store/database.ts';
import type { Bucket } from './store/r2-store.ts';
import type { HospitalWrites } from './tenant/hospital-writer.ts';

/** A Durable Object namespace, as far as it is used. */
export interface HospitalNamespace {
  getByName(name: string): HospitalWrites;
}

/** Bindings of `wrangler.toml`. */
export interface Bindings {
  readonly STORE: Bucket;
  readonly DB: Database;
  readonly HOSPITALS: HospitalNamespace;
  /** Absent on this machine. */
  readonly KEY_LIMITER?: RateLimiter;
  readonly HOSPITAL_LIMITER?: RateLimiter;
  /** Analytics Engine; absent on this machine. */
  readonly METRICS?: AnalyticsDataset;
  readonly [variable: string]: unknown;
}
