import type { LoadWasm } from '@d-persona/shared/dicom/pixels/wasm-codec.ts';
import { WasmDecoders } from '@d-persona/shared/dicom/pixels/wasm-decoders.ts';
import { Audit } from './audit/audit.ts';
import { CaseCache } from './case/case-cache.ts';
import { DriftLog } from './drift/drift-log.ts';
import { Gate } from './engine/gate.ts';
import { IsolateMemory } from './engine/isolate-memory.ts';
import { loadModel } from './engine/model.ts';
import { Models } from './engine/models.ts';
import type { Engines } from './engine/segmentation-engine.ts';
import { HeldBytes } from './input/held-bytes.ts';
import { type RateLimiters, RequestLimits } from './limits/request-limits.ts';
import type { AnalyticsDataset } from './observe/analytics.ts';
import { Metrics } from './observe/metrics.ts';
import type { Services } from './services.ts';
import type { Settings } from './settings.ts';
import { type Database, Sql } from './store/database.ts';
import type { ErasableStore } from './store/r2-store.ts';
import type { HospitalWrites } from './tenant/hospital-writer.ts';
import { Tenants } from './tenant/tenants.ts';

/** Where everything is kept: releases in the store, hospitals in the database. */
export interface Stores {
  readonly store: ErasableStore;
  readonly database: Database;
  /** Where the writes of a hospital are made in turn: a Durable Object. */
  readonly hospitals: (hospital: string) => HospitalWrites;
  /** Which requests a trial gets, in [0, 1); absent: at random. */
  readonly draw?: () => number;
  readonly limiters?: RateLimiters;
  /** Where a point for each request goes, if anywhere. */
  readonly analytics?: AnalyticsDataset | undefined;
  /** Absent: the runtime's own log. */
  readonly log?: (line: string) => void;
}

/** @param now milliseconds since 1970 */
export function createServices(
  { store, database, hospitals, draw = Math.random, limiters = {}, analytics, log = console.log }: Stores,
  settings: Settings,
  now: () => number,
  engines: Engines,
  loadWasm: LoadWasm,
): Services {
  const sql = new Sql(database, settings.DATABASE_TIMEOUT_MS);
  const tenantSettings = {
    staleMs: 1000 * settings.STALE_SECONDS,
    operatorKeySha256: settings.OPERATOR_KEY_SHA256,
  };
  const caseLimits = { maxBytes: settings.CASE_BYTES, lifetimeMs: 1000 * settings.CASE_SECONDS };
  const cases = new CaseCache(caseLimits, now);
  const held = new HeldBytes(settings.MAX_HELD_BYTES);
  const makeRoom = (bytes: number) => memory.makeRoom(bytes, 0, 'The release');
  const loading = { store, engines, bankSize: settings.BANK_SIZE, makeRoom };
  const models = new Models((hash) => loadModel(loading, hash), settings.MODEL_BYTES);
  const memory = new IsolateMemory(settings.MEMORY_BYTES, [models, cases, held]);
  return {
    settings,
    store,
    sql,
    now,
    hospitals,
    draw,
    audit: new Audit(sql, store),
    drift: new DriftLog(sql),
    log,
    metrics: new Metrics(),
    analytics,
    limits: new RequestLimits(settings, limiters, now),
    tenants: new Tenants(sql, tenantSettings, now),
    models,
    cases,
    memory,
    gate: new Gate(settings.MAX_QUEUE),
    decoders: new WasmDecoders(loadWasm),
    held,
  };
}
