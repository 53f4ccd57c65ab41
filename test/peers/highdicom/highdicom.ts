import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const here = import.meta.dirname;
const venv = resolve(here, '../../../build/peers/highdicom');

/** Puts highdicom into a virtual environment of its own under `build/`, once. */
export function installHighdicom(): void {
  if (!existsSync(join(venv, 'bin/python'))) run('python3', ['-m', 'venv', venv]);
  const requirements = join(here, 'requirements.txt');
  run(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
}

/** Runs a script of this folder with highdicom; what it prints. */
export function runScript(script: string, ...options: readonly string[]): string {
  return run(join(venv, 'bin/python'), [join(here, script), ...options]);
}

function run(command: string, options: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, options, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${options[0] ?? ''} failed: ${error?.message ?? stderr.slice(-2000)}`);
}
