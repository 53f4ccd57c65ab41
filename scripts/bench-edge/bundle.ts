import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkerBundle } from '@d-persona/trainer/serve/bundle-worker.ts';
import { build, type Plugin } from 'esbuild';

/** Bundles the benchmark's Worker: WebAssembly stays a module of its own, which workerd compiles. */
export async function bundleBench(): Promise<WorkerBundle> {
  const modules: Record<string, WorkerBundle['modules'][string]> = {};
  const wasm: Plugin = {
    name: 'wasm-modules',
    setup({ onLoad, onResolve, resolve }) {
      // Emscripten's glue asks for Node's modules and does without them.
      onResolve(
        { filter: /^(node:)?(fs|path|crypto|os|perf_hooks|worker_threads|util|module|url|vm)$/ },
        ({ path }) => ({ path, namespace: 'absent' }),
      );
      onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = {}' }));
      onResolve({ filter: /\.wasm$/ }, async ({ path, pluginData, ...rest }) => {
        if (pluginData === 'resolved') return undefined;
        const found = await resolve(path, { ...rest, pluginData: 'resolved' });
        const name = basename(found.path);
        modules[name] = { type: 'wasm', contents: new Uint8Array(await readFile(found.path)) };
        return { path: `./${name}`, external: true };
      });
    },
  };
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    define: { __dirname: "'/'" },
    logLevel: 'error',
    plugins: [wasm],
  });
  modules['worker.js'] = { type: 'esm', contents: outputFiles[0]?.text ?? '' };
  return { main: 'worker.js', modules };
}
