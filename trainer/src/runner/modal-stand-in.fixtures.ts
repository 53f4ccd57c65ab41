import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * A program that takes those commands of `modal` that the runner uses, with a folder in place of the cloud
 * (STAND_IN_FOLDER) and faults on demand (STAND_IN_FAULT):
 *   preempt  the command is killed once its first output is there and started again, as Modal does
 *   vanish   the first attempt's container ends without a trace
 *   lose     the outputs are not on the volume afterwards
 *   refuse   `run` fails, as without credit
 *   deaf     every fifth command fails, as with a bad network
 */
const cloud = process.env.STAND_IN_FOLDER as string;
const fault = process.env.STAND_IN_FAULT ?? '';
const args = process.argv.slice(2);
const flags = new Set(args.filter((arg) => arg.startsWith('--')));
const option = (name: string) => args[args.indexOf(name) + 1] as string;
const file = (...parts: string[]) => join(cloud, ...parts);

function end(code: number, message = ''): never {
  if (message !== '') process.stderr.write(`${message}\n`);
  process.exit(code);
}

function volume([verb, ...rest]: string[]): void {
  const [name = '', first = '', second = ''] = rest.filter((arg) => !arg.startsWith('--'));
  if (verb === 'create') mkdirSync(file(name), { recursive: true });
  if (verb === 'put') {
    if (existsSync(file(name, second)) && !flags.has('--force')) end(1, 'Error: exists');
    cpSync(first, file(name, second), { recursive: true });
  }
  if (verb === 'get') {
    if (!existsSync(file(name, first))) end(1, `No such file or directory: '${first}'`);
    if (second === '-') process.stdout.write(readFileSync(file(name, first)));
    else
      cpSync(file(name, first), second.endsWith('/') ? join(second, basename(first)) : second, {
        recursive: true,
      });
  }
}

function run(): void {
  if (fault === 'refuse') end(1, 'Error: workspace has no credit');
  const [job, attempt] = [option('--job'), option('--attempt')];
  const claim = file(`claim-${job}-${attempt}`);
  const app = `ap-${job}-${attempt}`;
  mkdirSync(cloud, { recursive: true });
  try {
    writeFileSync(claim, app, { flag: 'wx' });
    writeFileSync(file(`${app}.running`), '');
    writeFileSync(file(`${app}.log`), '');
    const self = fileURLToPath(import.meta.url);
    spawn(process.execPath, [self, 'work', job, attempt, app], { detached: true, stdio: 'ignore' }).unref();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  console.log('✓ Created objects.');
  console.log(`d-persona-started ${JSON.stringify({ app, call: `fc-${attempt}` })}`);
}

async function work([job = '', attempt = '', app = '']: string[]): Promise<void> {
  const folder = file(process.env.D_PERSONA_VOLUME as string, job);
  const { command, outputs } = JSON.parse(readFileSync(join(folder, 'job.json'), 'utf8'));
  writeFileSync(file(`${app}.pid`), String(process.pid));
  let child: ChildProcess;
  const start = () => {
    child = spawn(command[0], command.slice(1), { cwd: folder });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (b) => appendFileSync(file(`${app}.log`), b));
    return new Promise<number | null>((resolve) => child.on('exit', resolve));
  };
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  let late = false;
  const timer = setTimeout(
    () => (late = child.kill('SIGTERM')),
    1000 * Number(process.env.D_PERSONA_TIMEOUT),
  );
  if (fault === 'preempt') {
    const preemption = setInterval(() => {
      if (!existsSync(join(folder, outputs[0]))) return;
      clearInterval(preemption);
      child.kill('SIGKILL');
    }, 20);
  }
  let code = await start();
  if (fault === 'preempt' && code === null) code = await start();
  clearTimeout(timer);
  if (fault === 'lose') for (const output of outputs) rmSync(join(folder, output));
  if (fault !== 'vanish' || attempt !== '1') {
    mkdirSync(join(folder, '.run', `attempt-${attempt}`), { recursive: true });
    writeFileSync(join(folder, '.run', `attempt-${attempt}`, 'exit'), String(late ? 124 : (code ?? 137)));
  }
  rmSync(file(`${app}.running`));
}

async function logs(app: string): Promise<void> {
  for (let told = 0; ; ) {
    const running = existsSync(file(`${app}.running`));
    const text = readFileSync(file(`${app}.log`));
    process.stdout.write(text.subarray(told));
    told = text.length;
    if (!running) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function stop(app: string): Promise<void> {
  process.kill(Number(readFileSync(file(`${app}.pid`), 'utf8')), 'SIGTERM');
  while (existsSync(file(`${app}.running`))) await new Promise((resolve) => setTimeout(resolve, 20));
}

if (fault === 'deaf' && args[0] !== 'work') {
  mkdirSync(cloud, { recursive: true });
  appendFileSync(file('calls'), '.');
  if (readFileSync(file('calls')).length % 5 === 0) end(1, 'Error: connection reset');
}
if (args[0] === 'volume') volume(args.slice(1));
else if (args[0] === 'run') run();
else if (args[0] === 'work') await work(args.slice(1));
else if (args[1] === 'logs') await logs(args[3] as string);
else if (args[1] === 'stop') await stop(args[3] as string);
else if (args[1] === 'list') {
  const apps = readdirSync(cloud).filter((name) => name.endsWith('.log'));
  const state = (app: string) => (existsSync(file(`${app}.running`)) ? 'ephemeral (detached)' : 'stopped');
  console.log(
    JSON.stringify(apps.map((log) => log.slice(0, -4)).map((app) => ({ 'App ID': app, State: state(app) }))),
  );
} else end(2, 'Usage: modal …');
