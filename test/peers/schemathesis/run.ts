/**
 * Has schemathesis (Python) ask the Worker in workerd, on this machine, whatever its own description allows, and much
 * that it does not: every answer must be as described. Fails on a violation.
 *
 * usage: npm run peer:schemathesis [-- options of "schemathesis run"]
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AdminClient } from '@d-persona/shared/client/admin-client.ts';
import { ctElements, fileOf } from '@d-persona/shared/dicom/encode.fixtures.ts';
import { FIXTURES } from '@d-persona/shared/image/decode-image.fixtures.ts';
import { createOperatorKey, operatorKeyHash } from '@d-persona/shared/release/api-key.ts';
import { scopeSchema } from '@d-persona/shared/release/hospital.ts';
import { startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { zipSync } from 'fflate';
import { picturePng } from '../../support/picture.ts';
import { syntheticRelease } from '../../support/synthetic-release.ts';

const here = import.meta.dirname;
const venv = resolve(here, '../../../build/peers/schemathesis');
/** The same requests at every run. */
const OPTIONS = ['--seed', '1', '--max-examples', '50', '--report', 'junit'];

/** Puts schemathesis into a virtual environment of its own under `build/`, once. */
function install(): void {
  const run = (command: string, ...options: string[]) => {
    const { status, stderr, error } = spawnSync(command, options, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr.slice(-2000)}`);
  };
  if (!existsSync(join(venv, 'bin/python'))) run('python3', '-m', 'venv', venv);
  const requirements = join(here, 'requirements.txt');
  run(join(venv, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check', '-r', requirements);
}

/** Limits as nobody reaches them: what is tested is the description. */
const UNLIMITED = {
  KEY_REQUESTS_PER_MINUTE: 1_000_000,
  HOSPITAL_REQUESTS_PER_MINUTE: 1_000_000,
  HOSPITAL_CPU_SECONDS_PER_MINUTE: 1_000_000,
  WRONG_KEYS_PER_MINUTE: 1_000_000,
};

/** Files that the hooks send as images and series. */
async function writeFiles(folder: string): Promise<void> {
  const dicom = fileOf(ctElements(40, 50));
  const files = {
    'image.png': picturePng(),
    'image.jpg': Buffer.from(FIXTURES.jpegGrey, 'base64'),
    'image.dcm': dicom,
    'series.zip': zipSync({ 'slice.dcm': dicom }),
  };
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
}

async function main(options: readonly string[]): Promise<void> {
  install();
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-schemathesis-'));
  const operatorKey = createOperatorKey();
  const variables = { ...UNLIMITED, OPERATOR_KEY_SHA256: (await operatorKeyHash(operatorKey)) ?? '' };
  const worker = await startWorker({ store: folder, variables });
  try {
    const operator = new AdminClient({ url: worker.url, key: operatorKey });
    for (const id of ['demo', 'removed']) await operator.addHospital(id, id);
    const release = await syntheticRelease();
    await operator.publish('demo', release);
    await operator.promote('demo', release.hash, 0);
    await writeFiles(folder);
    const { key } = await operator.makeKey('demo', [...scopeSchema.options]);
    const config = ['--config-file', join(here, 'schemathesis.toml')];
    const reports = ['--report-dir', join(venv, 'report')];
    const child = spawn(
      join(venv, 'bin/schemathesis'),
      [...config, 'run', `${worker.url}/openapi.json`, ...OPTIONS, ...reports, ...options],
      {
        cwd: venv,
        stdio: 'inherit',
        env: {
          ...process.env,
          ...{ D_PERSONA_KEY: key, D_PERSONA_OPERATOR_KEY: operatorKey, D_PERSONA_FILES: folder },
          D_PERSONA_RELEASE: release.hash,
          SCHEMATHESIS_HOOKS: join(here, 'hooks.py'),
        },
      },
    );
    process.exitCode = await new Promise<number>((done) => child.on('close', (code) => done(code ?? 1)));
  } finally {
    await worker.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
