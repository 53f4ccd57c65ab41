import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { peakMemory } from '@d-persona/shared/engine/peak-memory.fixtures.ts';
import { bundleBench } from './bench-edge/bundle.ts';
import { coldStarts } from './bench-edge/cold-start.ts';
import { measureSize, type SizeFigures } from './bench-edge/measure-size.ts';
import { median, rounded } from './bench-edge/statistics.ts';

/*
 * The edge engine beside its peers on one release of the paper's size: `npm run bench:edge -- [--json] [--rounds 7]
 * [--sizes 128,256,512]`. Peers take turns within one run, figures are medians; where the machine has other work,
 * read the ratios.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    sizes: { type: 'string', default: '128,256,512' },
  },
});
const rounds = Number(values.rounds);
const bundle = await bundleBench();
const sizes: Record<string, SizeFigures & { peak_mb?: number }> = {};
for (const side of values.sizes.split(',').map(Number)) {
  // Larger images take longer, and fewer rounds tell as much.
  sizes[`size${side}`] = await measureSize(bundle, side, Math.max(3, Math.round((rounds * 128) / side)));
}
const { peak, engine } = await peakMemory(512, 8);
const { size128, size512 } = sizes;
if (size512 !== undefined) size512.peak_mb = rounded(peak / 1e6);
const report = {
  cpu: cpus()[0]?.model.trim(),
  rounds,
  ...sizes,
  memory512: { peak_mb: rounded(peak / 1e6), engine_mb: rounded(engine / 1e6), personas: 8, samples: 50 },
  size512_over_size128: rounded((size512?.engine_ms ?? Number.NaN) / (size128?.engine_ms ?? Number.NaN)),
  persona_from_case_ms: size128?.parts.engine?.persona,
  samples50_ms: size128?.parts.engine?.samples50,
  samples50_over_ort_web: size128?.samples50_over_ort_web,
  cold_start_ms: rounded(median(await coldStarts(5))),
};
if (values.json) {
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} else {
  for (const [name, { parts, cpu }] of Object.entries(sizes)) {
    process.stdout.write(`${name}: milliseconds by the clock, then of the processor\n`);
    console.table(parts);
    console.table(cpu.parts);
  }
  const { cpu, size512_over_size128, memory512, cold_start_ms } = report;
  process.stdout.write(`${JSON.stringify({ cpu, size512_over_size128, memory512, cold_start_ms })}\n`);
}
