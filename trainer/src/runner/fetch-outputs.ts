import { InputError } from '@d-persona/shared/errors.ts';
import { type Job, missingPaths } from './job.ts';
import type { Machine } from './machine.ts';
import { patiently, pause } from './patiently.ts';
import type { RunOptions } from './run-options.ts';

/** The outputs, once more where something is missing. @throws InputError `outputs-lost` */
export async function fetchOutputs(job: Job, machine: Machine, options: RunOptions): Promise<void> {
  for (let tries = 1; ; tries++) {
    await patiently(options, () => machine.pull(job));
    const missing = await missingPaths(job, job.outputs);
    if (missing.length === 0) return;
    if (tries < 3) {
      await pause(options.pauseMs ?? 2000);
      continue;
    }
    throw new InputError({
      code: 'outputs-lost',
      input: `job ${job.id}`,
      problem: `ended well, but its outputs are not on the machine: ${missing.join(', ')}`,
      remedy:
        'Look for them there and run this again, which fetches only; to do the work anew, give it another id',
    });
  }
}
