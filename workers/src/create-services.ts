import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { CaseCache } from './case/case-cache.ts';
import { Gate } from './engine/gate.ts';
import { loadModel } from './engine/model.ts';
import { Models } from './engine/models.ts';
import type { StartEngine } from './engine/segmentation-engine.ts';
import { HeldBytes } from './input/held-bytes.ts';
import type { Services } from './services.ts';
import type { Settings } from './settings.ts';
import { Tenants } from './tenant/tenants.ts';

/** @param now milliseconds since 1970 */
export function createServices(
  store: ObjectStore,
  settings: Settings,
  now: () => number,
  startEngine: StartEngine,
): Services {
  const loading = { store, startEngine, bankSize: settings.BANK_SIZE };
  const caseLimits = { maxBytes: settings.CASE_BYTES, lifetimeMs: 1000 * settings.CASE_SECONDS };
  return {
    settings,
    tenants: new Tenants(store, 1000 * settings.TENANT_SECONDS, now),
    models: new Models((hash) => loadModel(loading, hash), settings.MAX_MODELS),
    cases: new CaseCache(caseLimits, now),
    gate: new Gate(settings.MAX_QUEUE),
    held: new HeldBytes(settings.MAX_HELD_BYTES),
  };
}
