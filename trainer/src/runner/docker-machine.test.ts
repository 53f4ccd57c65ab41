import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { dockerMachine, dockerSettingsSchema } from './docker-machine.ts';
import { countingJob, watchedRun } from './jobs.fixtures.ts';
import { ConnectionLost } from './machine.ts';
import { runJob } from './run-job.ts';

const STAND_IN = fileURLToPath(new URL('./docker-stand-in.fixtures.ts', import.meta.url));

async function dockerWith(...args: Parameters<typeof countingJob>) {
  const { job, remove } = await countingJob(...args);
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-docker-'));
  vi.stubEnv('STAND_IN_FOLDER', folder);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await remove();
    await rm(folder, { recursive: true, force: true });
  });
  const machine = dockerMachine(
    dockerSettingsSchema.parse({ program: [process.execPath, STAND_IN], image: 'img' }),
  );
  const starts = async () => (await readFile(join(job.folder, 'starts'), 'utf8')).trim().split('\n').length;
  const argumentsOf = async (attempt: number): Promise<string[]> =>
    JSON.parse(await readFile(join(folder, `d-persona-${job.id}-${attempt}`, 'arguments'), 'utf8'));
  return { job, machine, starts, argumentsOf };
}

test('a job runs in a container with what its manifest asks for; secrets go by name alone', async () => {
  vi.stubEnv('TEST_SECRET', 'hush');
  const resources = { gpu: 'A100', cpus: 3, memoryMiB: 1024 };
  const { job, machine, argumentsOf } = await dockerWith(3, {
    resources,
    secrets: ['TEST_SECRET'],
    timeoutSeconds: 99,
  });
  const run = watchedRun();
  await runJob(job, machine, run);
  expect(run.log()).toBe('from 0 with a secret of 4\ncount 1\ncount 2\ncount 3\n');
  const args = (await argumentsOf(1)).join(' ');
  expect(args).toContain(
    `--volume ${job.folder}:/job --workdir /job --cpus 3 --memory 1024m --stop-timeout 60`,
  );
  expect(args).toContain('--gpus all --env TEST_SECRET img timeout -k 60 99 ');
  expect(args).not.toContain('hush');
});

test('a container of that name is not started again, and its log is told from where it was left', async () => {
  const { job, machine, starts } = await dockerWith(50);
  let asked = 0;
  let cuts = 0;
  const flaky = {
    ...machine,
    async start(...args: Parameters<typeof machine.start>) {
      const handle = await machine.start(...args);
      if (++asked === 1) throw new ConnectionLost('no answer');
      return handle;
    },
    async follow(...[of, attempt, offset, onLog, signal]: Parameters<typeof machine.follow>) {
      if (++cuts > 2) return machine.follow(of, attempt, offset, onLog, signal);
      const cut = new AbortController();
      setTimeout(() => cut.abort(), 300);
      await machine.follow(of, attempt, offset, onLog, cut.signal);
      throw new ConnectionLost('cut');
    },
  };
  const run = watchedRun();
  await runJob(job, flaky, run);
  expect(await starts()).toBe(1);
  expect(run.log()).toBe(`from 0\n${Array.from({ length: 50 }, (_, i) => `count ${i + 1}\n`).join('')}`);
});

test('Ctrl-C stops the container, and the next call resumes in another', async () => {
  const { job, machine } = await dockerWith(60);
  const stop = new AbortController();
  const run = watchedRun({ signal: stop.signal });
  const outcome = expect(runJob(job, machine, run)).rejects.toMatchObject({ code: 'job-cancelled' });
  while (!run.log().includes('count 5\n')) await new Promise((resolve) => setTimeout(resolve, 10));
  stop.abort();
  await outcome;
  const again = watchedRun();
  expect((await runJob(job, machine, again)).attempts).toBe(2);
  expect(again.log()).toMatch(/^from [1-9]\d*\n/);
});
