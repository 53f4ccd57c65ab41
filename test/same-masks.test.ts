import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@d-persona/shared/client/client.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { modelInput } from '@d-persona/shared/mask/region.ts';
import { decodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { weightTensors } from '@d-persona/shared/model/weight-tensors.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { Random } from '@d-persona/shared/random.ts';
import type { Quantization } from '@d-persona/shared/release/quantize.ts';
import { loadRelease } from '@d-persona/shared/release/store.ts';
import { chooseBackend } from '@d-persona/trainer/backend/choose-backend.ts';
import { type Prediction, predict } from '@d-persona/trainer/evaluation/predict.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { bundleWorker } from '@d-persona/trainer/serve/bundle-worker.ts';
import { startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { addHospital, SYNTHETIC, serve, syntheticRelease } from './support/synthetic-release.ts';

const SIDE = 48;
const SAMPLES = 3;
const START_MS = 120_000;

/** A grey picture with a blob, so that every image has structure of its own. */
function picture(seed: number): Uint8Array {
  const random = new Random(seed);
  const [x, y] = [random.integer(SIDE), random.integer(SIDE)];
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const distance = Math.hypot((i % SIDE) - x, Math.floor(i / SIDE) - y);
    return Math.min(255, Math.max(0, 60 + 160 * Math.exp(-((distance / 9) ** 2)) + 12 * random.gaussian()));
  });
}

/** What the trainer's own code answers with a release's weights. */
function trainersAnswer(
  architecture: Architecture,
  weights: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
  data: Uint8Array,
): Prediction {
  const size = { height: SIDE, width: SIDE };
  const image = { ...size, channels: 1, bitDepth: 8, data } as const;
  const tensors = weightTensors(weights);
  const [prediction] = predict(
    { weights: tensors, architecture },
    {
      ...{ size: 1, ...size, channels: 1, raters: SYNTHETIC.personas },
      images: modelInput(image, { left: 0, top: 0, ...size }, size, 1),
      masks: new Float32Array(SIDE * SIDE * SYNTHETIC.personas),
      present: new Float32Array(SYNTHETIC.personas).fill(1),
      samples: [],
    },
    { samples: SAMPLES, bank: 500, seed: 0 },
  );
  tf.dispose([...tensors.values()]);
  return prediction as Prediction;
}

/** The paper's backbone, small. */
const RESIDUAL: Architecture = {
  ...SYNTHETIC,
  backbone: 'resnet34',
  resnet: { blocks: [1, 2], widths: [8, 16], decoder: [16, 8, 8] },
};

const releases: readonly { kind: Quantization; architecture: Architecture }[] = [
  { kind: 'int8', architecture: SYNTHETIC },
  { kind: 'float16', architecture: SYNTHETIC },
  { kind: 'float32', architecture: SYNTHETIC },
  { kind: 'int8', architecture: RESIDUAL },
];

describe.each(releases)('the same $kind release of $architecture.backbone', ({ kind, architecture }) => {
  beforeAll(async () => {
    await chooseBackend('wasm', 1);
  });

  it(
    'gives the same masks in the Worker and in the trainer',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'd-persona-same-'));
      const store = new FolderStore(folder);
      const [key = ''] = await addHospital(store, 'demo', [['segment']]);
      const release = await syntheticRelease(1, architecture, [SIDE, SIDE], kind);
      await serve(store, 'demo', release);
      const worker = await startWorker({ store: folder, bundle: await bundleWorker() });
      try {
        const client = new Client({ url: worker.url, hospital: 'demo', key });
        const { weights } = await loadRelease(store, release.hash, servingSpecs);
        let differing = 0;
        let pixels = 0;
        for (const seed of [1, 2, 3]) {
          const data = picture(seed);
          const image = encodePng({ height: SIDE, width: SIDE, channels: 1, data });
          const answer = await client.segmentAll({ image, name: `picture ${seed}` }, { samples: SAMPLES });
          const expected = trainersAnswer(architecture, weights, data);
          const maps = [...expected.personas, ...expected.samples];
          expect(answer.segmentations).toHaveLength(maps.length);
          for (const [i, { mask, id }] of answer.segmentations.entries()) {
            const theirs = decodeRunLengths(mask, id).data;
            const ours = maps[i] as Float32Array;
            differing += theirs.reduce(
              (sum, value, p) => sum + (value === Number((ours[p] as number) >= 0.5) ? 0 : 1),
              0,
            );
            pixels += theirs.length;
          }
        }
        expect(differing / pixels).toBeLessThanOrEqual(0.001);
      } finally {
        await worker.stop();
        await rm(folder, { recursive: true, force: true });
      }
    },
    START_MS,
  );
});
