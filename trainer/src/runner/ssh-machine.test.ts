import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { countingJob, watchedRun } from './jobs.fixtures.ts';
import { runJob } from './run-job.ts';
import { type SshSettings, sshMachine, sshSettingsSchema } from './ssh-machine.ts';

/*
 * A real sshd on the loopback address, at an unprivileged port, with keys made for the test.
 * Debian: apt-get install openssh-server rsync. Without them these tests are skipped, and say so.
 */
const SSHD = '/usr/sbin/sshd';
const missing = (
  await Promise.all(
    [SSHD, '/usr/bin/rsync'].map((path) =>
      stat(path).then(
        () => [],
        () => [path],
      ),
    ),
  )
).flat();
if (missing.length > 0) console.warn(`ssh tests are skipped: ${missing.join(', ')} is not installed`);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(missing.length > 0)('a box that is reached by ssh', () => {
  let folder: string;
  let settings: SshSettings;
  let server: ReturnType<typeof startServer>;

  const startServer = () => {
    const child = execa(SSHD, ['-D', '-e', '-f', join(folder, 'sshd_config')], {
      reject: false,
      buffer: false,
    });
    const stop = async () => {
      child.kill('SIGTERM');
      await child;
    };
    return { stop, end: child };
  };
  /** Ends the connections of our server, as a network would: the jobs that they started go on. */
  const cutConnections = async () => {
    const { stdout } = await execa('pgrep', ['-P', String(server.end.pid)], { reject: false });
    for (const pid of stdout.split('\n').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'd-persona-sshd-'));
    const port = await freePort();
    for (const name of ['host', 'client']) {
      await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
    }
    await copyFile(join(folder, 'client.pub'), join(folder, 'authorized_keys'));
    await chmod(join(folder, 'authorized_keys'), 0o600);
    const hostKey = (await readFile(join(folder, 'host.pub'), 'utf8')).trim();
    await writeFile(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
    await writeFile(
      join(folder, 'sshd_config'),
      [
        ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${join(folder, 'host')}`, 'PidFile none'],
        ...[`AuthorizedKeysFile ${join(folder, 'authorized_keys')}`, 'StrictModes no', 'UsePAM no'],
        ...['PasswordAuthentication no', 'PermitRootLogin prohibit-password', ''],
      ].join('\n'),
    );
    // sshd wants its own empty folder there, whatever its port.
    await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
    server = startServer();
    settings = sshSettingsSchema.parse({
      ...{ host: `${userInfo().username}@127.0.0.1`, port, folder: join(folder, 'jobs') },
      ...{ identity: join(folder, 'client'), knownHosts: join(folder, 'known_hosts') },
    });
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const jobFor = async (...args: Parameters<typeof countingJob>) => {
    const made = await countingJob(...args);
    onTestFinished(made.remove);
    const there = join(folder, 'jobs', made.job.id);
    const starts = async () => (await readFile(join(there, 'starts'), 'utf8')).trim().split('\n').length;
    return { ...made, there, starts };
  };
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  test('inputs go there, the log streams, outputs come back', async () => {
    process.env.TEST_SECRET = 'only through standard input';
    onTestFinished(() => void delete process.env.TEST_SECRET);
    const { job, there, starts } = await jobFor(3, { secrets: ['TEST_SECRET'] });
    const run = watchedRun();
    const { paths } = await runJob(job, sshMachine(settings), run);
    expect(run.log()).toBe('from 0 with a secret of 27\ncount 1\ncount 2\ncount 3\n');
    expect(await readFile(paths[0] as string, 'utf8')).toBe('3');
    expect(await starts()).toBe(1);
    expect((await readFile(join(there, 'job.json'), 'utf8')).includes('only through')).toBe(false);
  });

  test('a connection that is cut is attached again: every line once, one start', async () => {
    const { job, starts } = await jobFor(100);
    const run = watchedRun();
    const running = runJob(job, sshMachine(settings), run);
    for (const count of [10, 40]) {
      await until(() => run.log().includes(`count ${count}\n`));
      await cutConnections();
    }
    await running;
    const counts = Array.from({ length: 100 }, (_, i) => `count ${i + 1}\n`).join('');
    expect(run.log()).toBe(`from 0\n${counts}`);
    expect(run.told.some((line) => line.includes('attaching again'))).toBe(true);
    expect(await starts()).toBe(1);
  });

  test('while the box cannot be reached the job runs on, and is fetched when it answers again', async () => {
    const { job, starts } = await jobFor(50);
    const run = watchedRun({ patienceMs: 400 });
    const lost = runJob(job, sshMachine(settings), run);
    const outcome = expect(lost).rejects.toMatchObject({ code: 'unreachable' });
    await until(() => run.log().includes('count 2\n'));
    await server.stop();
    await cutConnections();
    await outcome;
    server = startServer();
    const { paths, attempts } = await runJob(job, sshMachine(settings), watchedRun());
    expect(await readFile(paths[0] as string, 'utf8')).toBe('50');
    expect({ attempts, starts: await starts() }).toEqual({ attempts: 1, starts: 1 });
  });

  test('Ctrl-C reaches the job there, which leaves its checkpoint; then it resumes', async () => {
    const { job, there } = await jobFor(250);
    const stop = new AbortController();
    const run = watchedRun({ signal: stop.signal });
    const running = runJob(job, sshMachine(settings), run);
    const outcome = expect(running).rejects.toMatchObject({ code: 'job-cancelled' });
    await until(() => run.log().includes('count 5\n'));
    stop.abort();
    await outcome;
    const reached = Number(await readFile(join(there, 'output/count'), 'utf8'));
    expect(reached).toBeLessThan(250);
    const again = watchedRun();
    await runJob(job, sshMachine(settings), again);
    expect(again.log().startsWith(`from ${reached}\n`)).toBe(true);
  });

  test('a box that was rebooted in the middle: the next attempt resumes', async () => {
    const { job, there } = await jobFor(60);
    const run = watchedRun();
    const running = runJob(job, sshMachine(settings), run);
    await until(() => run.log().includes('count 5\n'));
    for (const file of ['supervisor', 'process']) {
      const text = await readFile(join(there, '.run/attempt-1', file), 'utf8');
      process.kill(Number(text.split(' ')[0]), 'SIGKILL');
    }
    const { attempts } = await running;
    expect(attempts).toBe(2);
    expect(run.log()).toMatch(/\nfrom [1-9]\d*\n/);
  });

  test('a host, a folder or a key that is wrong is told', async () => {
    expect(() => sshSettingsSchema.parse({ host: '-oProxyCommand=x' })).toThrow(/hyphen/);
    expect(() => sshSettingsSchema.parse({ host: 'box', folder: 'a; rm -r b' })).toThrow(/shell/);
    const { job } = await jobFor(1);
    const stranger = sshMachine({ ...settings, knownHosts: '/dev/null' });
    const failure = runJob(job, stranger, watchedRun({ patienceMs: 100 }));
    await expect(failure).rejects.toMatchObject({ code: 'unreachable' });
  });
});
