import { fileURLToPath } from 'node:url';
import type { WorkerBundle } from '@d-persona/trainer/serve/bundle-worker.ts';
import { build } from 'esbuild';

/** The benchmark's Worker, with kernels as a module of their own. */
export async function bundleKernels(kernels: Uint8Array): Promise<WorkerBundle> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    external: ['./kernels.wasm'],
    logLevel: 'error',
  });
  return {
    main: 'worker.js',
    modules: {
      'worker.js': { type: 'esm', contents: outputFiles[0]?.text ?? '' },
      'kernels.wasm': { type: 'wasm', contents: new Uint8Array(kernels) },
    },
  };
}
