import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backend } from '@d-persona/trainer/backend/choose-backend.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { writeReport } from '@d-persona/trainer/report/write-report.ts';
import { writeFileAtomically } from '@d-persona/trainer/run/atomic-file.ts';
import type { RunConfig } from '@d-persona/trainer/run/config.ts';
import type { Progress } from '@d-persona/trainer/run/progress.ts';
import { type RunningWorker, startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { askStudy } from './ask-study.ts';
import { differingPixels } from './compare-masks.ts';
import { peakMemoryMiB } from './peak-memory.ts';
import { mainJobReport } from './report.ts';
import { runStudy, type Study } from './run-study.ts';
import { summariseStudy } from './summarise.ts';
import { type Summary, summarySchema } from './summary.ts';

export interface MainJob {
  /** Datasets by the name of their hospital; the first one's figures are the summary's. */
  readonly studies: readonly { readonly name: string; readonly config: RunConfig }[];
  /** Folder of everything that is made. What an earlier main job left in it is removed. */
  readonly out: string;
  readonly port: number;
  readonly backend: Backend;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * The whole chain on real data: trains both stages from scratch, evaluates, publishes, serves in workerd, asks every
 * persona over HTTP, and writes `index.html` and `summary.json`. The Worker is left running for the caller to stop.
 */
export async function runMainJob(
  job: MainJob,
): Promise<{ summary: Summary; worker: RunningWorker; studies: readonly Study[] }> {
  const { out, backend } = job;
  const start = performance.now();
  for (const made of ['runs', 'store']) await rm(join(out, made), { recursive: true, force: true });
  const storeFolder = join(out, 'store');
  const store = new FolderStore(storeFolder);
  const studies: Study[] = [];
  for (const { name, config } of job.studies) {
    studies.push(await runStudy(name, config, out, store, job.progress, job.signal));
  }
  const worker = await startWorker({ store: storeFolder, port: job.port });
  try {
    const answered = [];
    for (const study of studies) {
      const answers = await askStudy(worker.url, study);
      const differing = await differingPixels(study, store, answers.masks);
      answered.push({ study, answers, figures: summariseStudy(study, answers, differing) });
    }
    const [main, ...others] = answered;
    if (main === undefined) throw new Error('A main job needs a study');
    const summary = summarySchema.parse({
      minutes: (performance.now() - start) / 60_000,
      peak_mb: await peakMemoryMiB(),
      backend: `${backend.name}: ${backend.description}`,
      ...main.figures,
      others: Object.fromEntries(others.map(({ study, figures }) => [study.name, figures])),
    });
    await writeReport(mainJobReport(answered, summary, new Date()), join(out, 'index.html'));
    await writeFileAtomically(
      join(out, 'summary.json'),
      Buffer.from(`${JSON.stringify(summary, null, 2)}\n`),
    );
    return { summary, worker, studies };
  } catch (error) {
    await worker.stop();
    throw error;
  }
}
