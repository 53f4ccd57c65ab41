import type { WasmDecoders } from '@d-persona/shared/dicom/pixels/wasm-decoders.ts';
import type { Observed } from '@d-persona/shared/drift/histogram.ts';
import type { Audit } from './audit/audit.ts';
import type { CaseCache } from './case/case-cache.ts';
import type { DriftLog } from './drift/drift-log.ts';
import type { Gate } from './engine/gate.ts';
import type { IsolateMemory } from './engine/isolate-memory.ts';
import type { Models } from './engine/models.ts';
import type { HeldBytes } from './input/held-bytes.ts';
import type { RequestLimits } from './limits/request-limits.ts';
import type { AnalyticsDataset } from './observe/analytics.ts';
import type { Metrics } from './observe/metrics.ts';
import type { Stages } from './observe/stages.ts';
import type { Settings } from './settings.ts';
import type { Sql } from './store/database.ts';
import type { ErasableStore } from './store/r2-store.ts';
import type { Caller } from './tenant/caller.ts';
import type { HospitalWrites } from './tenant/hospital-writer.ts';
import type { Tenant } from './tenant/tenant.ts';
import type { Tenants } from './tenant/tenants.ts';

/** What the routes work with: one of each in an isolate. */
export interface Services {
  readonly settings: Settings;
  /** Where weights and annotations are. */
  readonly store: ErasableStore;
  readonly sql: Sql;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Where the writes of a hospital are made in turn. */
  readonly hospitals: (hospital: string) => HospitalWrites;
  /** In [0, 1): which requests a trial gets. */
  readonly draw: () => number;
  readonly audit: Audit;
  readonly drift: DriftLog;
  /** Takes one line for each request. */
  readonly log: (line: string) => void;
  readonly metrics: Metrics;
  /** Analytics Engine, where there is one. */
  readonly analytics: AnalyticsDataset | undefined;
  readonly limits: RequestLimits;
  readonly tenants: Tenants;
  readonly models: Models;
  readonly cases: CaseCache;
  /** What all of these hold. */
  readonly memory: IsolateMemory;
  readonly gate: Gate;
  /** Of compressed DICOM frames. */
  readonly decoders: WasmDecoders;
  readonly held: HeldBytes;
}

/** What a request's middleware leaves for its handler. */
export interface AppEnv {
  Variables: {
    requestId: string;
    /** The hospital of the path, whose key was shown. */
    hospital: string;
    /** That hospital as it was when the request came in. */
    tenant: Tenant;
    caller: Caller;
    /** The release that serves the request. */
    release?: string;
    /** What the request is about: a case, for the audit. */
    subject?: string;
    /** Names the request under its idempotency key, where it has one. */
    once?: string;
    /** What the answer is like, for the drift watch. */
    observed?: Observed;
    stages: Stages;
    limits: RequestLimits;
    /** Tells the limits that the request is answered. */
    leave?: (computedMs: number) => void;
  };
}
