import type { CaseCache } from './case/case-cache.ts';
import type { Gate } from './engine/gate.ts';
import type { Models } from './engine/models.ts';
import type { HeldBytes } from './input/held-bytes.ts';
import type { Settings } from './settings.ts';
import type { Tenants } from './tenant/tenants.ts';

/** What the routes work with: one of each in an isolate. */
export interface Services {
  readonly settings: Settings;
  readonly tenants: Tenants;
  readonly models: Models;
  readonly cases: CaseCache;
  readonly gate: Gate;
  readonly held: HeldBytes;
}

/** What a request's middleware leaves for its handler. */
export interface AppEnv {
  Variables: {
    requestId: string;
    /** The hospital of the path, whose key was shown. */
    hospital: string;
  };
}
