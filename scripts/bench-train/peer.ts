import { Random } from '@d-persona/shared/random.ts';
import { chooseBackend } from '@d-persona/trainer/backend/choose-backend.ts';
import { initialValues, ModelVariables } from '@d-persona/trainer/model/model-variables.ts';
import { Adam } from '@d-persona/trainer/optimiser/adam.ts';
import { presets } from '@d-persona/trainer/run/presets.ts';
import { stage1Task } from '@d-persona/trainer/stage1/stage1-task.ts';
import { stage2Task } from '@d-persona/trainer/stage2/stage2-task.ts';
import * as tf from '@tensorflow/tfjs-core';
import { cases, type PeerName, type PeerReply } from './cases.ts';
import { usePlainTfjsWasm } from './plain-tfjs-wasm.ts';

/*
 * One peer of the benchmark: sets its backend up, then answers each message with the time of one training step on
 * random data. Ends at once where its backend is not installed.
 */
const [peer, caseName, threads] = process.argv.slice(2) as [PeerName, string, string];
const bench = cases.find(({ name }) => name === caseName);
if (bench === undefined) throw new Error(`No case is named ${caseName}`);

try {
  if (peer === 'npm') await chooseBackend('wasm', Number(threads));
  else if (peer === 'tfjs-node') await chooseBackend('tfjs-node');
  else await usePlainTfjsWasm();
} catch {
  process.exit(0);
}

const RATERS = 4;
const { stage1, stage2 } = presets.paper;
const architecture = {
  ...presets.paper.architecture,
  ...{ channels: 1, personas: RATERS, widths: [...bench.widths] },
};
const model = new ModelVariables(architecture, initialValues(architecture, new Random(1), 1));
const random = new Random(2);
const { batch: size, side } = bench;
const batch = {
  ...{ size, height: side, width: side, channels: 1, raters: RATERS, samples: [] },
  images: random.gaussians(size * side * side),
  masks: Float32Array.from({ length: size * side * side * RATERS }, () => (random.uniform() < 0.3 ? 1 : 0)),
  present: new Float32Array(size * RATERS).fill(1),
};
const task = bench.stage === 1 ? stage1Task(model, stage1) : stage2Task(model, stage2);
const adam = new Adam(task.trainable);

process.on('message', () => {
  const start = performance.now();
  const { gradients } = task.gradient(batch, random);
  adam.apply(gradients, 1e-4);
  tf.dispose([...gradients.values()]);
  const reply: PeerReply = { ms: performance.now() - start, peakMb: process.resourceUsage().maxRSS / 1024 };
  process.send?.(reply);
});
