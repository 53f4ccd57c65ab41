import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { promoteRelease } from '@d-persona/shared/release/store.ts';
import { evaluateRun } from '@d-persona/trainer/evaluation/evaluate-run.ts';
import { renderEvaluation } from '@d-persona/trainer/evaluation/render-table.ts';
import type { Evaluation } from '@d-persona/trainer/evaluation/table.ts';
import { ensureHospital } from '@d-persona/trainer/publish/ensure-hospital.ts';
import { publishRun } from '@d-persona/trainer/publish/publish-run.ts';
import type { FigureData } from '@d-persona/trainer/report/figures/figure-data.ts';
import { figuresOfRun } from '@d-persona/trainer/report/figures/figures-of-run.ts';
import type { RunConfig } from '@d-persona/trainer/run/config.ts';
import { MetricsLog, type MetricsRecord } from '@d-persona/trainer/run/metrics-log.ts';
import { openRunData } from '@d-persona/trainer/run/open-run-data.ts';
import type { Progress } from '@d-persona/trainer/run/progress.ts';
import type { RunData } from '@d-persona/trainer/run/run-data.ts';
import { RunFolder } from '@d-persona/trainer/run/run-folder.ts';
import { runTraining } from '@d-persona/trainer/run/run-training.ts';

/** How the test patients are measured and the release judged: N of the samples, M of the bank. */
const SAMPLES = 16;
const BANK = 500;
const MAX_LOSS = 0.005;

/** One dataset on its way from files to a release that a hospital is served by. */
export interface Study {
  readonly name: string;
  readonly hospital: string;
  /** API key of the hospital. */
  readonly key: string;
  readonly config: RunConfig;
  readonly data: RunData;
  readonly evaluation: Evaluation;
  readonly release: EncodedRelease;
  readonly curves: readonly MetricsRecord[];
  readonly figures: FigureData;
}

/** Publishes as int8; where that costs too much, says so and publishes as float16. */
async function publishSmallest(
  folder: RunFolder,
  data: RunData,
  store: ObjectStore,
  now: Date,
): Promise<EncodedRelease> {
  const options = { maxLoss: MAX_LOSS, samples: SAMPLES, bank: BANK, now };
  try {
    return await publishRun(folder, data, store, { ...options, kind: 'int8' });
  } catch (error) {
    if (!(error instanceof InputError && error.code === 'release-refused')) throw error;
    console.log(error.message);
    return await publishRun(folder, data, store, { ...options, kind: 'float16' });
  }
}

/** Trains both stages and the baseline from scratch, evaluates, publishes and promotes. */
export async function runStudy(
  name: string,
  config: RunConfig,
  out: string,
  store: ObjectStore,
  progress: Progress,
  signal: AbortSignal,
): Promise<Study> {
  const data = await openRunData(config);
  const { dataset, split } = data;
  const patients = new Set(dataset.samples.map(({ patient }) => patient)).size;
  console.log(
    `\n${dataset.name}: ${dataset.samples.length} images of ${patients} patients, ${dataset.raters.length} ${dataset.kind} personas; ` +
      `${split.train.length} to train, ${split.validation.length} to validate, ${split.test.length} to test`,
  );
  const folder = new RunFolder(join(out, 'runs', name));
  await runTraining(config, folder, data, progress, signal);
  const evaluation = await evaluateRun(folder, data, {
    split: 'test',
    samples: SAMPLES,
    bank: BANK,
    resamples: 2000,
  });
  await folder.writeEvaluation(evaluation);
  console.log(renderEvaluation(evaluation));
  const figures = await figuresOfRun(folder, data, { split: 'test', cases: 3, samples: SAMPLES, bank: BANK });
  const now = new Date();
  const release = await publishSmallest(folder, data, store, now);
  const key = await ensureHospital(store, name, now);
  if (key === undefined) throw new Error(`The store of a new main job has a hospital ${name} already`);
  await promoteRelease(store, name, release.hash);
  const curves = await new MetricsLog(folder.path).records();
  return { name, hospital: name, key, config, data, evaluation, release, curves, figures };
}
