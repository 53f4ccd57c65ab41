import { type Scope, scopeSchema } from '@d-persona/shared/release/hospital.ts';
import type { Operation } from './operations.ts';
import type { Tenant } from './tenant.ts';

/** One request that must not get what it asks for, or one that must. */
export interface Check {
  readonly operation: Operation;
  /** Who asks, for the report. */
  readonly who: string;
  readonly key: string | undefined;
  /** Values of the path's parameters. */
  readonly values: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expected: (status: number) => boolean;
  /** Texts that must not be in the answer. */
  readonly secrets: readonly string[];
}

const is = (wanted: number) => (status: number) => status === wanted;
/** Let in: whatever becomes of an empty request, it is not about who asks. */
const letIn = (status: number) => ![401, 403, 429, 500].includes(status);
const refused = (status: number) => letIn(status) && status >= 400 && status < 500;

/** Parameters whose values mean nothing outside, or the same in every hospital. */
const COMMON_PARAMETERS = new Set(['hospital', 'persona', 'part']);

/** Whether an operation, sent with another hospital's ids in its path or its body, asks for something of that one. */
function namesForeign({ method, path }: Operation): boolean {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return method === 'POST' || parameters.some((name) => !COMMON_PARAMETERS.has(name));
}

/** Keys that are none, wrong, revoked, or of no algorithm. */
function invalidKeys({ id, keys, revoked }: Tenant): [who: string, key: string | undefined][] {
  const token = (part: object) => btoa(JSON.stringify(part)).replaceAll('=', '');
  const claims = { iss: 'https://x.example/', aud: id, sub: 'x', scope: 'segment admin', exp: 4e9 };
  return [
    ['nobody', undefined],
    ['a revoked key', revoked],
    ['a key with a wrong secret', `${keys.admin.slice(0, -6)}AAAAAA`],
    ['a key of no hospital', keys.admin.replace(`dp_${id}_`, 'dp_nowhere_')],
    ['another hospital in the key', keys.admin.replace(`dp_${id}_`, 'dp_demo-of-nobody_')],
    ['an unsigned token', `${token({ alg: 'none' })}.${token(claims)}.`],
    ['an operator who is none', `dpo_${'A'.repeat(43)}`],
  ];
}

/** All that is asked of one operation, in the name of `asker` and about `other`. */
export function checksOf(operation: Operation, asker: Tenant, other: Tenant): Check[] {
  if (operation.scope === undefined) return [];
  const { scope } = operation;
  const checks: Check[] = [];
  const add = (who: string, key: string | undefined, more: Omit<Check, 'operation' | 'who' | 'key'>) =>
    checks.push({ operation, who, key, ...more });
  const hidden = { secrets: other.secrets };
  for (const [who, key] of invalidKeys(other)) {
    add(who, key, { values: other.own, expected: is(401), ...hidden });
  }
  for (const held of scopeSchema.options) {
    const key = asker.keys[held];
    // The operator's own routes refuse every hospital alike; a hospital's routes do not tell a stranger that it exists.
    const refusal = is(scope === 'operator' ? 403 : 404);
    add(`another hospital's ${held}`, key, { values: other.own, expected: refusal, ...hidden });
    const nowhere = { ...other.own, hospital: 'nowhere' };
    add(`${held}, about no hospital`, key, { values: nowhere, expected: refusal, ...hidden });
    if (scope === 'operator') continue;
    if (held !== scope) {
      add(`its own ${held}`, key, { values: asker.own, expected: is(403), ...hidden });
      continue;
    }
    // Its own hospital, with everything else another's: it must look like what does not exist.
    const foreign = { ...other.own, hospital: asker.id };
    const body = JSON.stringify({ case: other.case });
    const expected = namesForeign(operation) ? refused : letIn;
    add(`its own ${held}, of another's things`, key, { values: foreign, body, expected, ...hidden });
  }
  return checks;
}

/** Which scope each operation needs must be one that there is, or the operator's. */
export function isKnownScope(scope: string): boolean {
  return scope === 'operator' || scopeSchema.options.includes(scope as Scope);
}
