import type { Scope } from '@d-persona/shared/release/hospital.ts';
import type { Tenant } from './tenant.ts';

/** Who shows a key or token, and in whose name. */
export interface Caller {
  /** `key:<id>`, `app:<subject>` or `operator`: what the audit and the limits know them by. */
  readonly who: string;
  /** The hospital in whose name, as it is now; null for the operator, who belongs to none. */
  readonly tenant: Tenant | null;
  readonly scopes: readonly Scope[];
}
