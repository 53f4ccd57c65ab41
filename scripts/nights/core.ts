import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import type { Sample, SamplePixels } from '@d-persona/trainer/data/sample.ts';
import { evaluateRun } from '@d-persona/trainer/evaluation/evaluate-run.ts';
import { publishRun } from '@d-persona/trainer/publish/publish-run.ts';
import { buildConfig } from '@d-persona/trainer/run/build-config.ts';
import { openRunData } from '@d-persona/trainer/run/open-run-data.ts';
import type { Progress } from '@d-persona/trainer/run/progress.ts';
import { RunFolder } from '@d-persona/trainer/run/run-folder.ts';
import { runTraining } from '@d-persona/trainer/run/run-training.ts';

const SAMPLE = fileURLToPath(new URL('../../sample/lidc-idri-64.zip', import.meta.url));

/** What the simulated hospital starts with: a release, and images that it was not trained on. */
export interface Core {
  readonly release: EncodedRelease;
  /** Of patients that the core has not seen. */
  readonly samples: readonly Sample[];
  pixels(sample: Sample): Promise<SamplePixels>;
}

/** Trains a small core on the real LIDC-IDRI images that ship with the project, and publishes it. Resumes. */
export async function trainCore(
  out: string,
  store: ObjectStore,
  steps: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<Core> {
  const config = buildConfig('recipe', [
    { data: { path: SAMPLE }, consensus: false, checkpointEvery: 200 },
    { architecture: { widths: [8, 16, 32, 64] } },
    {
      stage1: { steps, warmup: Math.round(steps / 6) },
      stage2: { steps: Math.max(10, Math.round(steps / 10)) },
    },
  ]);
  const data = await openRunData(config);
  const folder = new RunFolder(join(out, `core-${steps}`));
  await runTraining(config, folder, data, progress, signal);
  const measured = { samples: 8, bank: 500 };
  await folder.writeEvaluation(
    await evaluateRun(folder, data, { ...measured, split: 'validation', resamples: 500 }),
  );
  const options = { ...measured, kind: 'int8', maxLoss: 0.05, now: new Date(0) } as const;
  const release = await publishRun(folder, data, store, options);
  const { dataset, split } = data;
  return {
    release,
    samples: [...split.validation, ...split.test],
    pixels: (sample) => dataset.pixels(sample),
  };
}
