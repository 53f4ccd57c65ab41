import { join } from 'node:path';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import type { Sample, SamplePixels } from '@d-persona/trainer/data/sample.ts';
import { evaluateRun } from '@d-persona/trainer/evaluation/evaluate-run.ts';
import { publishRun } from '@d-persona/trainer/publish/publish-run.ts';
import { openRunData } from '@d-persona/trainer/run/open-run-data.ts';
import type { Progress } from '@d-persona/trainer/run/progress.ts';
import { RunFolder } from '@d-persona/trainer/run/run-folder.ts';
import { runTraining } from '@d-persona/trainer/run/run-training.ts';
import type { Scenario } from './scenario.ts';

/** What the simulated hospital starts with: a release, and images that it was not trained on. */
export interface Core {
  readonly release: EncodedRelease;
  /** That the core has not seen. */
  readonly samples: readonly Sample[];
  pixels(sample: Sample): Promise<SamplePixels>;
}

/** Trains a small core on the real images that ship with the project, and publishes it. Resumes. */
export async function trainCore(
  out: string,
  store: ObjectStore,
  scenario: Scenario,
  steps: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<Core> {
  const config = scenario.config(steps);
  const data = await openRunData(config);
  const folder = new RunFolder(join(out, `core-${steps}`));
  await runTraining(config, folder, data, progress, signal);
  const measured = { samples: 8, bank: 500 };
  await folder.writeEvaluation(
    await evaluateRun(folder, data, { ...measured, split: 'validation', resamples: 500 }),
  );
  const options = { ...measured, kind: 'int8', maxLoss: 0.05, now: new Date(0) } as const;
  const release = await publishRun(folder, data, store, options);
  const { dataset, samples } = await scenario.hospital(data);
  return { release, samples, pixels: (sample) => dataset.pixels(sample) };
}
