import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { MODAL_APP } from './modal-machine.ts';

/*
 * The app with Modal's own client, as far as it goes without an account. The client comes from Python's registry into
 * .venv/modal by `node scripts/test-peers.ts modal`; without it these tests are skipped, and say so.
 */
const BIN = fileURLToPath(new URL('../../../.venv/modal/bin/', import.meta.url));
const there = await access(`${BIN}modal`).then(
  () => true,
  () => false,
);
if (!there) console.warn('Tests with the modal client are skipped: run node scripts/test-peers.ts modal');

describe.skipIf(!there)("Modal's own client", () => {
  const env = { MODAL_TOKEN_ID: '', MODAL_TOKEN_SECRET: '', MODAL_CONFIG_PATH: '/nonexistent' };
  const modal = (...args: string[]) => execa(`${BIN}modal`, args, { env, reject: false });

  test('the app loads, with its function, its entry point and the settings of the environment', async () => {
    const script = [
      'import importlib.util, json, sys, modal',
      'asked, original = {}, modal.App.function',
      'def function(self, **settings):',
      '    asked.update(settings)',
      '    return original(self, **settings)',
      'modal.App.function = function',
      'spec = importlib.util.spec_from_file_location("modal_app", sys.argv[1])',
      'module = importlib.util.module_from_spec(spec)',
      'spec.loader.exec_module(module)',
      'plain = {name: asked[name] for name in ("gpu", "cpu", "memory", "timeout")}',
      'print(json.dumps({"plain": plain, "secrets": len(asked["secrets"]), "work": str(module.work), "start": str(module.start)}))',
    ].join('\n');
    const { stdout } = await execa(`${BIN}python`, ['-c', script, MODAL_APP], {
      env: {
        ...env,
        ...{ D_PERSONA_GPU: 'A100-80GB', D_PERSONA_MEMORY_MIB: '4096', D_PERSONA_CPUS: '3' },
        ...{ D_PERSONA_TIMEOUT: '600', D_PERSONA_SECRETS: 'one,two' },
      },
    });
    expect(JSON.parse(stdout)).toMatchObject({
      plain: { gpu: 'A100-80GB', cpu: 3, memory: 4096, timeout: 720 },
      secrets: 2,
      work: expect.stringContaining('Function'),
      start: expect.stringMatching(/entrypoint/i),
    });
  });

  test('`modal run` finds the entry point and takes its arguments; only the account is missing', async () => {
    const help = await modal('run', `${MODAL_APP}::start`, '--help');
    expect(help.exitCode).toBe(0);
    expect(help.stdout).toMatch(/--job/);
    expect(help.stdout).toMatch(/--attempt/);
    const args = ['--detach', '--quiet', `${MODAL_APP}::start`, '--job', 'a', '--attempt', '1'];
    const run = await modal('run', ...args);
    expect(run.exitCode).toBe(1);
    expect(`${run.stdout}${run.stderr}`).toMatch(/token/i);
    const wrong = await modal('run', `${MODAL_APP}::start`, '--no-such-option', '1');
    expect(wrong.exitCode).toBe(2);
  });

  test.each([
    [['volume', 'create', 'v']],
    [['volume', 'put', '--force', 'v', MODAL_APP, 'a/job.json']],
    [['volume', 'get', '--force', 'v', 'a/out', '/tmp/']],
    [['volume', 'get', 'v', 'a/out', '-']],
    [['app', 'logs', '--follow', 'ap-1']],
    [['app', 'stop', '--yes', 'ap-1']],
    [['app', 'list', '--json']],
  ])('the client takes %j; only the account is missing', async (args) => {
    const { exitCode, stdout, stderr } = await modal(...args);
    // 2 would be a wrong command line.
    expect(exitCode).toBe(1);
    expect(`${stdout}${stderr}`).toMatch(/token/i);
  });
});
