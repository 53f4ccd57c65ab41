import type { LoadWasm } from '@d-persona/shared/dicom/pixels/wasm-codec.ts';
import { WasmDecoders } from '@d-persona/shared/dicom/pixels/wasm-decoders.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { CaseCache } from './case/case-cache.ts';
import { Gate } from './engine/gate.ts';
import { loadModel } from './engine/model.ts';
import { Models } from './engine/models.ts';
import type { StartEngine } from './engine/segmentation-engine.ts';
import { HeldBytes } from './input/held-bytes.ts';
import type { Services } from './services.ts';
import type { Settings } from './settings.ts';
import { type Database, Sql } from './store/database.ts';
import type { HospitalWrites } from './tenant/hospital-writer.ts';
import { Tenants } from './tenant/tenants.ts';

/** Where everything is kept: releases in the store, hospitals in the database. */
export interface Stores {
  readonly store: ObjectStore;
  readonly database: Database;
  /** Where the writes of a hospital are made in turn: a Durable Object. */
  readonly hospitals: (hospital: string) => HospitalWrites;
}

/** @param now milliseconds since 1970 */
export function createServices(
  { store, database, hospitals }: Stores,
  settings: Settings,
  now: () => number,
  startEngine: StartEngine,
  loadWasm: LoadWasm,
): Services {
  const sql = new Sql(database, settings.DATABASE_TIMEOUT_MS);
  const tenantSettings = {
    staleMs: 1000 * settings.STALE_SECONDS,
    operatorKeySha256: settings.OPERATOR_KEY_SHA256,
  };
  const caseLimits = { maxBytes: settings.CASE_BYTES, lifetimeMs: 1000 * settings.CASE_SECONDS };
  const loading = { store, startEngine, bankSize: settings.BANK_SIZE };
  return {
    settings,
    store,
    sql,
    now,
    hospitals,
    tenants: new Tenants(sql, tenantSettings, now),
    models: new Models((hash) => loadModel(loading, hash), settings.MAX_MODELS),
    cases: new CaseCache(caseLimits, now),
    gate: new Gate(settings.MAX_QUEUE),
    decoders: new WasmDecoders(loadWasm),
    held: new HeldBytes(settings.MAX_HELD_BYTES),
  };
}
