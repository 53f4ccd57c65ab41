import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { bundleWorker } from '@d-persona/trainer/serve/bundle-worker.ts';
import { type RunningWorker, startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { picturePng } from '../test/support/picture.ts';
import { addHospital, SYNTHETIC, serve, syntheticRelease } from '../test/support/synthetic-release.ts';
import { Inspector } from './endurance/inspected-memory.ts';
import { type LargeImage, largeImages } from './large-images/large-images.ts';

/** What one large image did to a Worker that was fresh. MB are 10⁶ bytes. */
interface Outcome {
  readonly image: string;
  readonly personas: 'all' | 'one';
  readonly body_mb: number;
  readonly status: number;
  /** Why it was refused. */
  readonly detail?: string;
  /** Of the isolate before: objects, buffers, engine. */
  readonly before_mb: number;
  /** How much the runtime's resident memory rose at most. */
  readonly rise_mb: number;
  readonly peak_mb: number;
}

const ISOLATE_MB = 128;
const ALL = '/v1/hospitals/demo/segmentations?samples=5';
const ONE = '/v1/hospitals/demo/personas/rank-1/segmentations';

/**
 * The largest images, each to a fresh Worker in workerd: answered within what an isolate has, or refused with the limit.
 * `npm run check:large-images -- [--json]`. Linux only: the kernel tells the highest resident memory.
 */
async function main(args: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-large-'));
  try {
    const store = new FolderStore(folder);
    const [key = ''] = await addHospital(store, 'demo', [['segment']]);
    await serve(store, 'demo', await syntheticRelease(1, { ...SYNTHETIC, personas: 4 }, [128, 128]));
    const bundle = await bundleWorker(
      fileURLToPath(new URL('../test/support/debug-worker.ts', import.meta.url)),
    );
    const outcomes: Outcome[] = [];
    for (const image of await largeImages()) {
      for (const path of [ALL, ONE]) {
        const worker = await startWorker({ store: folder, bundle, inspect: true, log: () => undefined });
        try {
          const outcome = await outcomeOf(image, path, worker, key);
          console.error(JSON.stringify(outcome));
          outcomes.push(outcome);
        } finally {
          await worker.stop();
        }
      }
    }
    const ok = outcomes.every(
      ({ status, peak_mb }) => (status === 200 || status === 413) && peak_mb <= ISOLATE_MB,
    );
    console.log(
      args.includes('--json') ? JSON.stringify({ isolate_mb: ISOLATE_MB, outcomes, ok }) : outcomes,
    );
    return ok ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function outcomeOf(
  { name, type, body }: LargeImage,
  path: string,
  { url, inspector: inspectorAt = '' }: RunningWorker,
  key: string,
): Promise<Outcome> {
  const ask = (what: Uint8Array<ArrayBuffer>, contentType: string) =>
    fetch(url + path, {
      method: 'POST',
      body: what,
      headers: { authorization: `Bearer ${key}`, 'content-type': contentType },
    });
  await (await ask(picturePng(128, 128), 'image/png')).arrayBuffer();
  const inspector = await Inspector.open(inspectorAt);
  const { heap, buffers } = await inspector.memory();
  const engine = Number(await (await fetch(`${url}/debug/engine-bytes`)).text());
  const held = heap + buffers + engine;
  inspector.close();
  const before = await memoryOfRuntime('VmRSS');
  const response = await ask(body, type);
  const text = await response.text();
  const rise = (await memoryOfRuntime('VmHWM')) - before;
  const { detail } = response.ok ? {} : (JSON.parse(text) as { detail?: string });
  return {
    image: name,
    personas: path === ALL ? 'all' : 'one',
    body_mb: inMB(body.length),
    status: response.status,
    ...(detail === undefined ? {} : { detail }),
    before_mb: inMB(held),
    rise_mb: inMB(rise),
    peak_mb: inMB(held + rise),
  };
}

/** Bytes of the workerd that this process started, the largest. */
async function memoryOfRuntime(field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = pids.map(async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const own =
      Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]) === process.pid && /^Name:\s+workerd$/m.test(status);
    return own ? 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) : 0;
  });
  return Math.max(...(await Promise.all(found)));
}

function inMB(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}

process.exitCode = await main(process.argv.slice(2));
