import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * A program that takes those commands of `docker` that the runner uses: a container is a process on this machine, in
 * the folder that is mounted. State is kept in STAND_IN_FOLDER. As Docker, it refuses a name that is taken.
 */
const [verb, ...rest] = process.argv.slice(2);
const at = (name: string, file = '') => join(process.env.STAND_IN_FOLDER as string, name, file);
const option = (name: string) => rest[rest.indexOf(name) + 1] as string;
const last = rest.at(-1) as string;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function end(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/** Flags of `run` that take no value are only these. */
const image = () => {
  let i = 0;
  while (rest[i]?.startsWith('--')) i += rest[i] === '--detach' ? 1 : 2;
  return i;
};

if (verb === 'run') {
  const name = option('--name');
  if (existsSync(at(name)))
    end(125, `docker: Error response from daemon: Conflict. The container name "/${name}" is in use`);
  mkdirSync(at(name), { recursive: true });
  writeFileSync(at(name, 'arguments'), JSON.stringify(rest));
  const folder = option('--volume').split(':')[0] as string;
  const self = fileURLToPath(import.meta.url);
  spawn(process.execPath, [self, 'hold', name, folder, ...rest.slice(image() + 1)], {
    detached: true,
    stdio: 'ignore',
  }).unref();
  while (!existsSync(at(name, 'pid'))) await sleep(10);
  console.log('0123456789abcdef');
} else if (verb === 'hold') {
  const [name = '', folder = '', program = '', ...args] = rest;
  const log = openSync(at(name, 'log'), 'a');
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', log, log] });
  writeFileSync(at(name, 'pid'), String(child.pid));
  child.on('exit', (code, signal) => {
    closeSync(log);
    writeFileSync(at(name, 'exit'), String(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
} else if (verb === 'inspect') {
  if (!existsSync(at(last))) end(1, `Error: No such object: ${last}`);
  const exited = existsSync(at(last, 'exit'));
  const code = exited ? Number(readFileSync(at(last, 'exit'), 'utf8')) : 0;
  console.log(JSON.stringify({ Status: exited ? 'exited' : 'running', ExitCode: code, OOMKilled: false }));
} else if (verb === 'logs') {
  for (let told = 0; ; await sleep(30)) {
    const exited = existsSync(at(last, 'exit'));
    const text = existsSync(at(last, 'log')) ? readFileSync(at(last, 'log')) : Buffer.alloc(0);
    process.stdout.write(text.subarray(told));
    told = text.length;
    if (exited) break;
  }
} else if (verb === 'stop') {
  process.kill(Number(readFileSync(at(last, 'pid'), 'utf8')), 'SIGTERM');
  while (!existsSync(at(last, 'exit'))) await sleep(20);
} else end(1, `docker: unknown command ${verb}`);
