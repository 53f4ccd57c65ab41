import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** The folder of `wrangler.toml`. */
export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

/** Nothing is reported to, or fetched from, elsewhere. */
export const OFFLINE = { WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false', CI: '1' };

/** A bundled Worker: its modules by name. */
export interface WorkerBundle {
  readonly main: string;
  readonly modules: Readonly<Record<string, BundledModule>>;
}

export type BundledModule =
  | { type: 'esm'; contents: string }
  | { type: 'wasm'; contents: Uint8Array<ArrayBuffer> };

/**
 * Bundles the Worker exactly as deploying does (`wrangler deploy --dry-run`), so that what runs locally is what is
 * deployed. Takes some seconds.
 *
 * @param entry the module to bundle, absolute; `main` of `wrangler.toml` if not given
 */
export async function bundleWorker(entry?: string): Promise<WorkerBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-worker-'));
  try {
    const wrangler = join(
      createRequire(import.meta.url).resolve('wrangler/package.json'),
      '../bin/wrangler.js',
    );
    const script = entry === undefined ? [] : [entry];
    await execa(process.execPath, [wrangler, 'deploy', ...script, '--dry-run', '--outdir', folder], {
      cwd: PROJECT,
      env: OFFLINE,
      stdin: 'ignore',
    });
    return await readBundle(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readBundle(folder: string): Promise<WorkerBundle> {
  const modules: Record<string, BundledModule> = {};
  let main = '';
  for (const file of await readdir(folder)) {
    const path = join(folder, file);
    if (extname(file) === '.js') {
      modules[file] = { type: 'esm', contents: await readFile(path, 'utf8') };
      main = file;
    } else if (extname(file) === '.wasm') {
      modules[file] = { type: 'wasm', contents: new Uint8Array(await readFile(path)) };
    }
  }
  return { main, modules };
}
