import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { Miniflare } from 'miniflare';
import { FolderStore } from '../publish/folder-store.ts';
import { applyMigrations, type LocalDatabase } from './apply-migrations.ts';
import { bundleWorker, OFFLINE, PROJECT, type WorkerBundle } from './bundle-worker.ts';
import { importHospitals } from './import-hospitals.ts';

export interface ServeOptions {
  /** Folder of releases and hospitals; its objects are copied into the Worker's bucket. */
  readonly store: string;
  /** 0, or absent: any free port. */
  readonly port?: number;
  /** Where the bucket is kept between runs; absent: nowhere. */
  readonly persist?: string;
  /** Variables of `wrangler.toml` to override. */
  readonly variables?: Readonly<Record<string, string | number>>;
  /** The bundle to run; absent: the deployed Worker, bundled now. */
  readonly bundle?: WorkerBundle;
  /** Whether the runtime can be looked into: see `RunningWorker.inspector`. */
  readonly inspect?: boolean;
  /** Takes each line that the Worker logs; absent: standard error. */
  readonly log?: (line: string) => void;
}

export interface RunningWorker {
  /** Without a slash at its end. */
  readonly url: string;
  /** Host and port of the inspector (V8's protocol), if it was asked for. */
  readonly inspector?: string;
  /** Ends workerd; what was not kept with `persist` is gone. */
  stop(): Promise<void>;
}

const BUCKET = 'STORE';
const DATABASE = 'DB';
const OBJECTS = { name: 'HOSPITALS', className: 'HospitalObject' };

interface WritableBucket {
  put(key: string, bytes: Uint8Array | ArrayBuffer): Promise<unknown>;
}

/**
 * Runs the Worker in workerd on this machine, listening on the loopback address only, without any other network.
 * Its bucket and its database are local ones, filled from a folder.
 */
export async function startWorker(options: ServeOptions): Promise<RunningWorker> {
  Object.assign(process.env, OFFLINE);
  const bundle = options.bundle ?? (await bundleWorker());
  const runtime = new Miniflare(await runtimeOptions(options, bundle));
  try {
    const url = await runtime.ready;
    // Miniflare's own type of a bucket needs Cloudflare's type package, which this project does without.
    const bucket = (await runtime.getR2Bucket(BUCKET)) as unknown as WritableBucket;
    const database = (await runtime.getD1Database(DATABASE)) as unknown as LocalDatabase;
    const store = new FolderStore(options.store);
    await applyMigrations(database);
    await copyObjects(store, (key, bytes) => bucket.put(key, bytes));
    await importHospitals(store, database, new Date().toISOString());
    const inspector = options.inspect ? { inspector: (await runtime.getInspectorURL()).host } : {};
    return { url: url.origin, ...inspector, stop: () => runtime.dispose() };
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}

/** What `wrangler.toml` says of the Worker, as its runtime wants to be told. */
async function runtimeOptions(
  { port, persist, variables, inspect, log }: ServeOptions,
  { main, modules }: WorkerBundle,
) {
  const { unstable_readConfig } = await import('wrangler');
  const config = unstable_readConfig({ config: `${PROJECT}/wrangler.toml` });
  const name = config.name ?? 'd-persona';
  const values = Object.entries({ ...config.vars, ...variables });
  const env = Object.fromEntries(
    values.map(([name, value]) => [name, { type: 'text' as const, value: String(value) }]),
  );
  // A line for each request is for who asks for it; what went wrong is for everybody.
  const write =
    log ?? ((line: string) => !line.startsWith('{"level":"info"') && process.stderr.write(`${line}\n`));
  return {
    host: '127.0.0.1',
    port: port ?? 0,
    telemetry: { enabled: false },
    ...(inspect ? { inspectorPort: 0 } : {}),
    handleStructuredLogs: ({ message }: { message: string }) => write(message),
    ...(persist === undefined ? {} : { resourcePersistencePath: persist }),
    workers: [
      {
        config: {
          name,
          compatibilityDate: config.compatibility_date ?? '',
          compatibilityFlags: config.compatibility_flags,
          manifest: { mainModule: main, modules },
          env: {
            ...env,
            [BUCKET]: { type: 'r2' as const, name: BUCKET },
            [DATABASE]: { type: 'd1' as const, name: DATABASE, id: DATABASE },
            [OBJECTS.name]: { type: 'durable-object' as const, worker: name, exportName: OBJECTS.className },
          },
          exports: { [OBJECTS.className]: { type: 'durable-object' as const, storage: 'sqlite' as const } },
        },
      },
    ],
  };
}

/** Manifests last: nobody is told of a release that is not there yet. */
async function copyObjects(
  from: ObjectStore,
  put: (key: string, bytes: Uint8Array | ArrayBuffer) => Promise<unknown>,
): Promise<void> {
  for (const prefix of ['parts/', 'releases/']) {
    for (const key of await from.list(prefix)) {
      const bytes = await from.get(key);
      if (bytes !== null) await put(key, bytes);
    }
  }
}
