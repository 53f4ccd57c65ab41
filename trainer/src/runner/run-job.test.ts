import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { estimateCost } from './cost.ts';
import { countingJob, watchedRun } from './jobs.fixtures.ts';
import { ledgerSchema } from './ledger.ts';
import { localMachine } from './local-machine.ts';
import { ConnectionLost, type Machine } from './machine.ts';
import { runJob } from './run-job.ts';

async function jobFor(...args: Parameters<typeof countingJob>) {
  const { job, remove } = await countingJob(...args);
  onTestFinished(remove);
  return {
    job,
    starts: async () => (await readFile(join(job.folder, 'starts'), 'utf8')).trim().split('\n').length,
    ledger: async () =>
      ledgerSchema.parse(JSON.parse(await readFile(join(job.folder, 'ledger.json'), 'utf8'))),
  };
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** The number of the process that a file of the supervisor names. */
const pidIn = async (folder: string, file: string) =>
  Number((await readFile(join(folder, '.run/attempt-1', file), 'utf8')).split(' ')[0]);

test('a job runs once, streams its log, and a second call only tells what is there', async () => {
  const { job, starts, ledger } = await jobFor(3);
  const run = watchedRun();
  const artifacts = await runJob(job, localMachine, run);
  expect(await readFile(artifacts.paths[0] as string, 'utf8')).toBe('3');
  expect(run.log()).toBe('from 0\ncount 1\ncount 2\ncount 3\n');
  expect(await readFile(join(job.folder, 'log/attempt-1.log'), 'utf8')).toBe(run.log());
  expect(artifacts).toMatchObject({ attempts: 1, cost: 0 });
  const again = watchedRun();
  await runJob(job, localMachine, again);
  expect(again.log()).toBe('');
  expect(await starts()).toBe(1);
  expect((await ledger()).attempts).toMatchObject([{ outcome: 'done', exitCode: 0 }]);
});

test('secrets reach the job, and neither its log nor its folder', async () => {
  process.env.TEST_SECRET = 'a=secret=with=signs=';
  onTestFinished(() => void delete process.env.TEST_SECRET);
  const { job, ledger } = await jobFor(1, { secrets: ['TEST_SECRET'] });
  const run = watchedRun();
  await runJob(job, localMachine, run);
  expect(run.log()).toContain('with a secret of 20');
  expect(JSON.stringify(await ledger())).not.toContain('with=signs');
  delete process.env.TEST_SECRET;
  const { job: other } = await jobFor(1, { secrets: ['TEST_SECRET'] });
  await expect(runJob(other, localMachine, watchedRun())).rejects.toMatchObject({ code: 'no-secret' });
});

test('a failing job is told with its exit code, and not started again unless it is asked for', async () => {
  const { job, starts } = await jobFor(4, {}, ['fail-at-2']);
  await expect(runJob(job, localMachine, watchedRun())).rejects.toMatchObject({
    code: 'job-failed',
    problem: 'ended with exit code 7',
  });
  await expect(runJob(job, localMachine, watchedRun())).rejects.toMatchObject({ code: 'job-failed' });
  expect(await starts()).toBe(1);
  const run = watchedRun({ retry: true });
  await runJob(job, localMachine, run);
  expect(run.log()).toContain('from 2\n');
});

test('a job that hangs is stopped after its time', async () => {
  const { job } = await jobFor(100_000, { timeoutSeconds: 1, expectedSeconds: 1 });
  await expect(runJob(job, localMachine, watchedRun())).rejects.toMatchObject({ code: 'job-timeout' });
});

test('Ctrl-C cancels the job, which writes its checkpoint; the next call resumes it', async () => {
  const { job, ledger } = await jobFor(60);
  const stop = new AbortController();
  const run = watchedRun({ signal: stop.signal });
  const running = runJob(job, localMachine, run);
  const outcome = expect(running).rejects.toMatchObject({ code: 'job-cancelled' });
  await until(() => run.log().includes('count 5\n'));
  stop.abort();
  await outcome;
  expect((await ledger()).attempts).toMatchObject([{ outcome: 'cancelled' }]);
  const again = watchedRun();
  await runJob(job, localMachine, again);
  expect(again.log()).toMatch(/^from [5-9]\d*\n|^from [1-5]\d\n/);
  expect(again.log()).toContain('count 60\n');
});

test('a preempted attempt is followed by another, which resumes', async () => {
  const { job, starts, ledger } = await jobFor(60);
  const run = watchedRun();
  const running = runJob(job, localMachine, run);
  await until(() => run.log().includes('count 5\n'));
  process.kill(await pidIn(job.folder, 'supervisor'), 'SIGKILL');
  process.kill(await pidIn(job.folder, 'process'), 'SIGTERM');
  await running;
  expect(await starts()).toBe(2);
  expect((await ledger()).attempts).toMatchObject([{ outcome: 'preempted' }, { outcome: 'done' }]);
  expect(run.log().match(/^from \d+$/gm)).toHaveLength(2);
  expect(run.log().match(/^count 5$/gm)).toHaveLength(1);
});

test('a lost connection is attached again, and no byte of the log is lost or told twice', async () => {
  const { job, starts } = await jobFor(40);
  let cuts = 0;
  const flaky: Machine = {
    ...localMachine,
    async follow(asked, attempt, offset, onLog, signal) {
      if (++cuts > 3) return localMachine.follow(asked, attempt, offset, onLog, signal);
      const cut = new AbortController();
      setTimeout(() => cut.abort(), 150);
      await localMachine.follow(asked, attempt, offset, onLog, cut.signal);
      throw new ConnectionLost('cut');
    },
  };
  const run = watchedRun();
  await runJob(job, flaky, run);
  const counts = Array.from({ length: 40 }, (_, i) => `count ${i + 1}\n`).join('');
  expect(run.log()).toBe(`from 0\n${counts}`);
  expect(await starts()).toBe(1);
  expect(cuts).toBe(4);
});

test('the answer to a start is lost: asked again, the machine does not start a second attempt', async () => {
  const { job, starts } = await jobFor(3);
  let asked = 0;
  const forgetful: Machine = {
    ...localMachine,
    async start(...args) {
      const handle = await localMachine.start(...args);
      if (++asked === 1) throw new ConnectionLost('no answer');
      return handle;
    },
  };
  await runJob(job, forgetful, watchedRun());
  expect(asked).toBe(2);
  expect(await starts()).toBe(1);
});

test('a runner that was killed between asking and writing down starts nothing twice', async () => {
  const { job, starts, ledger } = await jobFor(3);
  const dying: Machine = {
    ...localMachine,
    async start(...args) {
      await localMachine.start(...args);
      throw new Error('killed');
    },
  };
  await expect(runJob(job, dying, watchedRun())).rejects.toThrow('killed');
  expect((await ledger()).attempts).toMatchObject([{ handle: null, outcome: 'running' }]);
  const artifacts = await runJob(job, localMachine, watchedRun());
  expect(artifacts.attempts).toBe(1);
  expect(await starts()).toBe(1);
});

test('two runners of one job: the second is told who holds it', async () => {
  const { job } = await jobFor(40);
  const first = runJob(job, localMachine, watchedRun());
  await until(() => true);
  await expect(runJob(job, localMachine, watchedRun())).rejects.toMatchObject({ code: 'locked' });
  await first;
});

test('lost outputs are an error, and fetched once they are back', async () => {
  const { job, starts } = await jobFor(2, { outputs: ['output/count', 'output/other'] });
  await expect(runJob(job, localMachine, watchedRun())).rejects.toMatchObject({
    code: 'outputs-lost',
    problem: expect.stringContaining('output/other'),
  });
  await writeFile(join(job.folder, 'output/other'), 'found');
  await runJob(job, localMachine, watchedRun());
  expect(await starts()).toBe(1);
  await rm(join(job.folder, 'output/other'));
});

test('cost: the ceiling shortens an attempt, and refuses what it does not pay for', async () => {
  const { job } = await jobFor(1, {
    ...{ resources: { gpu: 'T4' }, expectedSeconds: 600, timeoutSeconds: 36_000, priceCeiling: 0.5 },
  });
  const prices = { modal: { T4: 0.6 } };
  // 0.5 $ at 0.6 $/h is 3000 s; 600 s cost 0.1 $.
  expect(estimateCost(job, 'modal', prices, 0)).toEqual({
    dollarsPerHour: 0.6,
    expected: 0.1,
    seconds: 3000,
  });
  expect(estimateCost(job, 'modal', prices, 2900).seconds).toBe(100);
  expect(() => estimateCost(job, 'modal', prices, 3000)).toThrow(/at most \$0.5/);
  expect(() => estimateCost({ ...job, priceCeiling: 0.05 }, 'modal', prices, 0)).toThrow(
    /Raise priceCeiling/,
  );
  expect(() => estimateCost(job, 'modal', {}, 0)).toThrow(/prices.modal.T4/);
  expect(estimateCost({ ...job, priceCeiling: null }, 'ssh', {}, 0).seconds).toBe(36_000);
});
