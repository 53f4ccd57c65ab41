import { join } from 'node:path';
import { writeFileAtomically } from '../run/atomic-file.ts';
import type { Job } from './job.ts';
import type { Machine } from './machine.ts';
import { call, callOrLost, type Program } from './program.ts';
import {
  COMMAND_FILE,
  commandFile,
  parseState,
  SUPERVISOR,
  secretLines,
  supervisorArguments,
} from './supervised.ts';

const SUPERVISE: Program = ['sh', SUPERVISOR];

/** This machine, in the job's folder itself. The job outlives this process. */
export const localMachine: Machine = {
  name: 'local',
  async push(job: Job) {
    await writeFileAtomically(join(job.folder, COMMAND_FILE), Buffer.from(commandFile(job)));
  },
  async start(job, number, seconds) {
    const args = supervisorArguments('start', job.folder, { number });
    await callOrLost(SUPERVISE, [...args, String(seconds)], { input: secretLines(job) });
    return `${job.id}-${number}`;
  },
  async state(job, attempt) {
    return parseState(await callOrLost(SUPERVISE, supervisorArguments('state', job.folder, attempt)));
  },
  async follow(job, attempt, offset, onLog, signal) {
    const args = supervisorArguments('follow', job.folder, attempt);
    await call(SUPERVISE, [...args, String(offset)], { onLog, signal });
  },
  async cancel(job, attempt) {
    await callOrLost(SUPERVISE, supervisorArguments('stop', job.folder, attempt));
  },
  async pull() {},
};
