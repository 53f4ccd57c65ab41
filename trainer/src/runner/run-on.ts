import { join } from 'node:path';
import { writeFileAtomically } from '../run/atomic-file.ts';
import { type JobManifest, loadJob } from './job.ts';
import { type MachineSettings, machineOf } from './machine-settings.ts';
import { type Artifacts, runJob } from './run-job.ts';

/**
 * Does a job in a folder whose inputs are there. Called again after a kill, it attaches to what runs, or fetches it.
 *
 * @param tell takes a line at a time
 */
export async function runOn(
  settings: MachineSettings,
  folder: string,
  manifest: JobManifest,
  tell: (line: string) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<Artifacts> {
  await writeFileAtomically(join(folder, 'job.json'), Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  const job = await loadJob(folder);
  let rest = '';
  return runJob(job, machineOf(settings), {
    prices: settings.prices,
    tell: (line) => tell(`[${job.id}] ${line}`),
    onLog(bytes) {
      const lines = (rest + Buffer.from(bytes).toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) tell(`[${job.id}] ${line}`);
    },
    signal,
    // A night that is run again is asked to try again.
    retry: true,
  });
}
