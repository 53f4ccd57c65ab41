import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { folderStore } from './night.fixtures.ts';
import { notify, summarise } from './notify.ts';
import { exitOf, type NightReport, runNightly } from './run-nightly.ts';
import { nightlySettingsSchema } from './settings.ts';

const PROGRAM = fileURLToPath(new URL('../../../scripts/nightly-retrain', import.meta.url));

/** A server on the loopback address that answers by path. */
async function serverOf(answer: (path: string, body: string) => [status: number, body: string]) {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      asked.push(`${request.method} ${request.url}`);
      const [status, text] = answer(request.url ?? '', body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, asked };
}

async function settingsIn(folder: string, url: string, more: Record<string, unknown> = {}) {
  const hospitals = ['north', 'south'].map((id) => ({ id, url, keyVariable: `KEY_OF_${id.toUpperCase()}` }));
  const settings = { folder: join(folder, 'nightly'), store: join(folder, 'store'), hospitals, ...more };
  await writeFile(join(folder, 'nightly.json'), JSON.stringify(settings));
  return nightlySettingsSchema.parse(settings);
}

test("one hospital's failure does not stop another's; the report tells both, and the exit code", async () => {
  const { folder, remove } = await folderStore();
  onTestFinished(remove);
  const { url, asked } = await serverOf(() => [404, '{}']);
  const settings = await settingsIn(folder, url);
  const env = { KEY_OF_SOUTH: 'k' };
  const run = { settings, night: 'n1', env, now: () => new Date(0), tell() {} };
  const report = await runNightly(run);
  expect(report.failures.map(({ hospital }) => hospital)).toEqual(['north', 'south']);
  expect(report.failures[0]?.problem).toContain('KEY_OF_NORTH');
  expect(asked).toEqual(['GET /v1/hospitals/south/releases']);
  expect(exitOf(report)).toBe(5);
  const page = await readFile(join(folder, 'nightly/nights/n1/report.html'), 'utf8');
  expect(page).toContain('<h2>south: failed</h2>');
  expect(JSON.parse(await readFile(join(folder, 'nightly/nights/n1/report.json'), 'utf8'))).toEqual(report);
  await expect(runNightly({ ...run, hospital: 'west' })).rejects.toMatchObject({ code: 'no-hospital' });
});

test('a run while another goes on is refused', async () => {
  const { folder, remove } = await folderStore();
  onTestFinished(remove);
  const settings = await settingsIn(folder, 'http://127.0.0.1:9');
  await writeFile(join(folder, 'x'), '');
  const { withLock } = await import('../runner/exclusive-lock.ts');
  await withLock(join(settings.folder, 'lock'), async () => {
    const run = { settings, night: 'n1', env: {}, now: () => new Date(0), tell() {} };
    await expect(runNightly(run)).rejects.toMatchObject({ code: 'locked' });
  });
});

const REPORT: NightReport = {
  night: 'n1',
  hospitals: [],
  failures: [{ hospital: 'h', problem: 'a problem' }],
};

test('hooks get the report; one that fails is told and stops nothing', async () => {
  const bodies: string[] = [];
  const { url } = await serverOf((_, body) => {
    bodies.push(body);
    return [bodies.length > 1 ? 500 : 204, ''];
  });
  expect(await notify(REPORT, { webhook: url, mailto: null })).toEqual([]);
  expect(JSON.parse(bodies[0] as string)).toEqual(REPORT);
  const { folder, remove } = await folderStore();
  onTestFinished(remove);
  const sendmail = join(folder, 'sendmail');
  await execa('mkdir', ['-p', folder]);
  await writeFile(sendmail, `#!/bin/sh\ncat >'${folder}/mail'\n`, { mode: 0o755 });
  expect(await notify(REPORT, { webhook: url, mailto: 'a@example.org' }, sendmail)).toEqual([
    'webhook: answered 500',
  ]);
  const mail = await readFile(join(folder, 'mail'), 'utf8');
  expect(mail).toMatch(/^To: a@example.org\nSubject: d-persona: night n1\n\n/);
  expect(mail).toContain(summarise(REPORT));
  const failures = await notify(
    REPORT,
    { webhook: 'http://127.0.0.1:9', mailto: 'a@example.org' },
    'no-sendmail',
  );
  expect(failures).toHaveLength(2);
});

test('the program tells what it would do and changes nothing, and names what is wrong', async () => {
  const { folder, remove } = await folderStore();
  onTestFinished(remove);
  const { url } = await serverOf((path) =>
    path.includes('/annotations') ? [200, '{"annotations":[],"more":false}'] : [404, '{}'],
  );
  await settingsIn(folder, url);
  const run = (...args: string[]) =>
    execa(PROGRAM, args, { cwd: folder, reject: false, env: { KEY_OF_NORTH: 'k' } });
  const dry = await run('--dry-run');
  expect(dry.exitCode).toBe(0);
  expect(dry.stdout).toMatch(/north: would take 0 annotations/);
  expect(dry.stdout).toMatch(/south: KEY_OF_SOUTH is not set/);
  expect((await execa('ls', [folder])).stdout).toBe('nightly.json');
  expect((await run('--dry-run', '--settings', 'nowhere.json')).exitCode).toBe(0);
  expect((await run('--settings', 'nowhere.json')).exitCode).toBe(2);
  expect((await run('--hospital', 'west')).stderr).toMatch(/There are: north, south/);
  expect((await run('--help')).stdout).toMatch(/Exit codes/);
  await writeFile(join(folder, 'nightly.json'), '{"folder": 1, "typo": 2}');
  const wrong = await run('--dry-run');
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr).toMatch(/folder: .*typo|typo.*folder/s);
});
