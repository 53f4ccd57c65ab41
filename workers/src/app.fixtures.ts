import '@tensorflow/tfjs-backend-wasm';
import { loadWasmFile } from '@d-persona/shared/dicom/pixels/wasm-files.ts';
import { engineModule } from '@d-persona/shared/engine/engine.fixtures.ts';
import { MemoryStore } from '@d-persona/shared/release/release.fixtures.ts';
import { importHospitals } from '@d-persona/trainer/serve/import-hospitals.ts';
import * as tf from '@tensorflow/tfjs-core';
import { addHospital, serve, syntheticRelease } from '../../test/support/synthetic-release.ts';
import { createApp } from './app.ts';
import { createServices } from './create-services.ts';
import type { Engines } from './engine/segmentation-engine.ts';
import { tfjsEngines } from './engine/tfjs-engine.ts';
import { wasmEngines } from './engine/wasm-engine.ts';
import type { Services } from './services.ts';
import { settingsSchema } from './settings.ts';
import { Sql } from './store/database.ts';
import { Faults, faultyDatabase, faultyStore } from './store/faults.fixtures.ts';
import { SqliteDatabase } from './store/sqlite-database.fixtures.ts';
import { StoreUnavailable } from './store/store-unavailable.ts';
import { HospitalWriter } from './tenant/hospital-writer.ts';

/** The API in this process, on a store in memory, with a clock that stands still until it is moved. */
export interface TestApp {
  readonly store: MemoryStore;
  readonly database: SqliteDatabase;
  readonly services: Services;
  /** Lets steps between the Worker and its stores fail. */
  readonly faults: Faults;
  /** What the Analytics Engine was told. */
  readonly points: object[];
  /** Lines of the log. */
  readonly logged: string[];
  /** What is drawn for each request, in [0, 1): below its share, a trial gets it. */
  readonly trial: { draw: number };
  /** Tells the database of what changed in the store's hospitals. */
  importHospitals(): Promise<void>;
  readonly release: string;
  /** Of the hospital `demo`, with the scope `segment`. */
  readonly key: string;
  /** Of the hospital `demo`, with the scope `annotate` only. */
  readonly annotateKey: string;
  /** Of the hospital `demo`, with the scope `release` only. */
  readonly releaseKey: string;
  /** Of the hospital `demo`, with the scope `admin` only. */
  readonly adminKey: string;
  /** Of the hospital `north`, with the scope `segment`. */
  readonly northKey: string;
  readonly clock: { ms: number };
  /** Sends a request, with the key of `demo` unless it says otherwise. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** Posts a body with its content type. */
  post(
    path: string,
    body: BodyInit,
    contentType: string | undefined,
    headers?: HeadersInit,
  ): Promise<Response>;
}

async function chooseEngines(kind: 'wasm' | 'tfjs'): Promise<Engines> {
  if (kind === 'wasm') return wasmEngines(await engineModule('engine-relaxed'));
  await tf.setBackend('wasm');
  return tfjsEngines();
}

/** @param settings variables that differ from the defaults. */
export async function startTestApp(settings: Record<string, number | string> = {}): Promise<TestApp> {
  const store = new MemoryStore();
  const [key = '', annotateKey = '', releaseKey = '', adminKey = ''] = await addHospital(store, 'demo', [
    ['segment'],
    ['annotate'],
    ['release'],
    ['admin'],
  ]);
  const [northKey = ''] = await addHospital(store, 'north', [['segment']]);
  const release = await syntheticRelease();
  await serve(store, 'demo', release);
  await serve(store, 'north', release);
  const clock = { ms: Date.UTC(2026, 0, 2) };
  const database = new SqliteDatabase();
  const importAll = () => importHospitals(store, database, '2026-01-01T00:00:00Z');
  await importAll();
  const now = () => clock.ms;
  const checked = settingsSchema.parse(settings);
  const faults = new Faults();
  const faulty = {
    store: faultyStore(store, faults, checked.STORE_TIMEOUT_MS, (cause) => new StoreUnavailable(cause)),
    database: faultyDatabase(database, faults),
  };
  const writers = new Map<string, HospitalWriter>();
  const hospitals = (id: string) => {
    const sql = new Sql(faulty.database, checked.DATABASE_TIMEOUT_MS);
    const writer = writers.get(id) ?? new HospitalWriter({ sql, store: faulty.store, now });
    writers.set(id, writer);
    return writer;
  };
  const logged: string[] = [];
  const trial = { draw: 0 };
  const points: object[] = [];
  const analytics = { writeDataPoint: (point: object) => void points.push(point) };
  const log = (line: string) => void logged.push(line);
  const stores = { ...faulty, hospitals, log, analytics, draw: () => trial.draw };
  const engines = await chooseEngines(checked.ENGINE);
  const services = createServices(stores, checked, now, engines, loadWasmFile);
  const app = createApp(services);

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${key}`);
    return app.request(path, { ...init, headers });
  }
  async function post(path: string, body: BodyInit, contentType: string | undefined, more: HeadersInit = {}) {
    const headers = new Headers(more);
    if (contentType !== undefined) headers.set('content-type', contentType);
    return send(path, { method: 'POST', body, headers });
  }
  return {
    store,
    database,
    services,
    faults,
    logged,
    points,
    trial,
    importHospitals: importAll,
    release: release.hash,
    key,
    annotateKey,
    releaseKey,
    adminKey,
    northKey,
    clock,
    send,
    post,
  };
}

export { picturePng } from '../../test/support/picture.ts';

export const SEGMENT_ALL = '/v1/hospitals/demo/segmentations';
export const SEGMENT_AS = '/v1/hospitals/demo/personas/rank-2/segmentations';
export const CASES = '/v1/hospitals/demo/cases';
