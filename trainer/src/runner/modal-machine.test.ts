import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { countingJob, watchedRun } from './jobs.fixtures.ts';
import { modalMachine, modalSettingsSchema } from './modal-machine.ts';
import { runJob } from './run-job.ts';

const STAND_IN = fileURLToPath(new URL('./modal-stand-in.fixtures.ts', import.meta.url));

/** A job and a stand-in for Modal with a fault. */
async function cloudWith(fault: string, ...args: Parameters<typeof countingJob>) {
  const { job, remove } = await countingJob(...args);
  const cloud = await mkdtemp(join(tmpdir(), 'd-persona-cloud-'));
  vi.stubEnv('STAND_IN_FOLDER', cloud);
  vi.stubEnv('STAND_IN_FAULT', fault);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await remove();
    await rm(cloud, { recursive: true, force: true });
  });
  const machine = modalMachine(modalSettingsSchema.parse({ program: [process.execPath, STAND_IN] }));
  const starts = async () =>
    (await readFile(join(cloud, 'd-persona-jobs', job.id, 'starts'), 'utf8')).trim().split('\n').length;
  return { job, machine, starts };
}

test('a job goes to the volume, runs, and its outputs come back', async () => {
  const { job, machine, starts } = await cloudWith('', 3);
  const run = watchedRun();
  const { paths, attempts } = await runJob(job, machine, run);
  expect(run.log()).toBe('from 0\ncount 1\ncount 2\ncount 3\n');
  expect(await readFile(paths[0] as string, 'utf8')).toBe('3');
  expect({ attempts, starts: await starts() }).toEqual({ attempts: 1, starts: 1 });
});

test('a preemption within an attempt resumes from the volume', async () => {
  const { job, machine, starts } = await cloudWith('preempt', 40);
  const run = watchedRun();
  const { attempts } = await runJob(job, machine, run);
  expect(run.log()).toMatch(/\nfrom [1-9]\d*\n/);
  expect({ attempts, starts: await starts() }).toEqual({ attempts: 1, starts: 2 });
});

test('a container that vanishes costs a second attempt, which resumes', async () => {
  const { job, machine } = await cloudWith('vanish', 5);
  const run = watchedRun();
  expect((await runJob(job, machine, run)).attempts).toBe(2);
  expect(run.log()).toContain('from 5\n');
});

test('lost outputs, exit codes, time-outs and refusals are told apart', async () => {
  const lost = await cloudWith('lose', 2);
  await expect(runJob(lost.job, lost.machine, watchedRun())).rejects.toMatchObject({ code: 'outputs-lost' });
  const failing = await cloudWith('', 4, {}, ['fail-at-2']);
  await expect(runJob(failing.job, failing.machine, watchedRun())).rejects.toMatchObject({
    code: 'job-failed',
  });
  const hanging = await cloudWith('', 1_000_000, { timeoutSeconds: 1, expectedSeconds: 1 });
  await expect(runJob(hanging.job, hanging.machine, watchedRun())).rejects.toMatchObject({
    code: 'job-timeout',
  });
  expect(await hanging.starts()).toBe(1);
  const refused = await cloudWith('refuse', 2);
  const impatient = watchedRun({ patienceMs: 100 });
  await expect(runJob(refused.job, refused.machine, impatient)).rejects.toMatchObject({
    code: 'unreachable',
  });
});

test('through a bad network everything is asked again, and the job is started once', async () => {
  const { job, machine, starts } = await cloudWith('deaf', 10);
  await runJob(job, machine, watchedRun());
  expect(await starts()).toBe(1);
});

test('Ctrl-C stops the app; the next call resumes', async () => {
  const { job, machine } = await cloudWith('', 60);
  const stop = new AbortController();
  const run = watchedRun({ signal: stop.signal });
  const outcome = expect(runJob(job, machine, run)).rejects.toMatchObject({ code: 'job-cancelled' });
  while (!run.log().includes('count 5\n')) await new Promise((resolve) => setTimeout(resolve, 10));
  stop.abort();
  await outcome;
  const again = watchedRun();
  await runJob(job, machine, again);
  expect(again.log()).toMatch(/^from [1-9]\d*\n/);
});

test('a program that is not there is told at once', async () => {
  const { job } = await cloudWith('', 1);
  const absent = modalMachine(modalSettingsSchema.parse({ program: ['no-such-modal'] }));
  await expect(runJob(job, absent, watchedRun())).rejects.toMatchObject({ code: 'no-program' });
});
