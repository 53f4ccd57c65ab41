import { compileExperiment } from '../shared/kernels/compile.ts';
import { median, rounded } from './bench-edge/statistics.ts';
import { WorkerPeer } from './bench-edge/worker-peer.ts';
import { bundleKernels } from './bench-kernels/bundle.ts';
import { LAYERS, METHODS } from './bench-kernels/layers.ts';

/*
 * The engine's ways to compute a 3×3 convolution beside direct ones on integers, in workerd: `npm run bench:kernels`.
 * Milliseconds of processor time for each layer, medians; ways take turns.
 */
const worker = await WorkerPeer.start(
  await bundleKernels(await compileExperiment('engine-integers')),
  'kernels',
  0,
);
const ROUNDS = 7;
try {
  const table: Record<string, Record<string, number>> = {};
  for (const { side, channels } of LAYERS) {
    const samples = new Map<string, number[]>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const method of METHODS) {
        const { cpuMs } = await worker.measure(`${side}/${channels}/${method}`, 200);
        samples.set(method, [...(samples.get(method) ?? []), cpuMs]);
      }
    }
    const row = METHODS.map((method) => [method, rounded(median(samples.get(method) ?? []))]);
    table[`${side} × ${side}, ${channels} → ${channels}`] = Object.fromEntries(row);
  }
  console.table(table);
} finally {
  await worker.stop();
}
