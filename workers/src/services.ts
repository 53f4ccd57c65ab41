import type { WasmDecoders } from '@d-persona/shared/dicom/pixels/wasm-decoders.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import type { CaseCache } from './case/case-cache.ts';
import type { Gate } from './engine/gate.ts';
import type { Models } from './engine/models.ts';
import type { HeldBytes } from './input/held-bytes.ts';
import type { Settings } from './settings.ts';
import type { Sql } from './store/database.ts';
import type { Caller } from './tenant/caller.ts';
import type { HospitalWrites } from './tenant/hospital-writer.ts';
import type { Tenant } from './tenant/tenant.ts';
import type { Tenants } from './tenant/tenants.ts';

/** What the routes work with: one of each in an isolate. */
export interface Services {
  readonly settings: Settings;
  /** Where weights and annotations are. */
  readonly store: ObjectStore;
  readonly sql: Sql;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Where the writes of a hospital are made in turn. */
  readonly hospitals: (hospital: string) => HospitalWrites;
  readonly tenants: Tenants;
  readonly models: Models;
  readonly cases: CaseCache;
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
  };
}
