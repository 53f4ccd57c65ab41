import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import type { Dataset } from '../data/sample.ts';
import { evaluateRun } from '../evaluation/evaluate-run.ts';
import type { NightlySettings } from '../nightly/settings.ts';
import { publishRun } from '../publish/publish-run.ts';
import { writeFileAtomically } from '../run/atomic-file.ts';
import { buildConfig } from '../run/build-config.ts';
import { openRunData } from '../run/open-run-data.ts';
import { RunFolder } from '../run/run-folder.ts';
import { jobManifest, type MachineSettings, machineSettingsSchema } from '../runner/machine-settings.ts';
import { runOn } from '../runner/run-on.ts';
import type { WeeklySettings } from './settings.ts';
import type { SharedImage } from './shared-images.ts';
import { writeTrainingFolder } from './training-folder.ts';

const D_PERSONA = fileURLToPath(new URL('../../bin/d-persona.ts', import.meta.url));

/** This machine, as a process of its own. */
const HERE: MachineSettings = machineSettingsSchema.parse({
  on: { kind: 'local' },
  program: [process.execPath, D_PERSONA],
  ...{ expectedSeconds: 3600, timeoutSeconds: 86_400 },
});

/** Options of the run, with the path that its data has. */
export function baseConfig({ preset, config }: WeeklySettings, path: string) {
  const { data, ...rest } = config;
  return buildConfig(preset, [
    { consensus: false, ...rest, data: { ...(data as object | undefined), path } },
  ]);
}

/**
 * Trains both stages on the core's own data and the hospitals' images, as a job, and publishes the release without
 * promoting it. A week that was killed goes on: the job is attached to, its training resumes.
 *
 * @param job folder of the job
 * @returns the release's hash
 */
export async function trainBase(
  job: string,
  base: Dataset,
  shared: readonly SharedImage[],
  settings: NightlySettings & { readonly weekly: WeeklySettings },
  store: ObjectStore,
  now: Date,
  tell: (line: string) => void,
): Promise<string> {
  const { weekly, machine } = settings;
  const data = join(job, 'input/data');
  await mkdir(job, { recursive: true });
  await writeTrainingFolder(data, base, shared);
  const config = baseConfig(weekly, 'input/data');
  await writeFileAtomically(join(job, 'input/config.json'), Buffer.from(JSON.stringify(config)));
  const args = ['train', '--config', 'input/config.json', '--out', 'output/run'];
  const manifest = jobManifest(machine ?? HERE, {
    ...{ id: `core-${base.sourceSha256.slice(0, 8)}-${now.getTime().toString(36)}`, args },
    ...{ inputs: ['input'], outputs: ['output/run'] },
  });
  await runOn(machine ?? HERE, job, manifest, tell);
  const folder = new RunFolder(join(job, 'output/run'));
  const opened = await openRunData({ ...config, data: { ...config.data, path: data } });
  const asked = { samples: 8, bank: 500 };
  await folder.writeEvaluation(
    await evaluateRun(folder, opened, { ...asked, split: 'test', resamples: settings.resamples }),
  );
  const { hash } = await publishRun(folder, opened, store, {
    ...asked,
    ...{ kind: 'int8', maxLoss: weekly.maxLoss, now },
  });
  await opened.dataset.close();
  // No hospital's image stays behind.
  await rm(join(job, 'input'), { recursive: true, force: true });
  return hash;
}
