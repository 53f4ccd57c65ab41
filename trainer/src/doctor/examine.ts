import { fork } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';
import { type BackendName, backendSchema } from '../backend/choose-backend.ts';
import type { ReferenceSize } from './reference-step.ts';

const PROBE = fileURLToPath(new URL('./probe.ts', import.meta.url));

const milliseconds = z.number().nonnegative().nullable();

/** What `d-persona doctor --json` prints. */
export const examinationSchema = z.strictObject({
  node: z.string(),
  platform: z.string(),
  processor: z.strictObject({ model: z.string(), cores: z.int() }),
  memoryMiB: z.int(),
  gpus: z.array(z.strictObject({ name: z.string(), driver: z.string(), memoryMiB: z.int() })),
  backends: z.array(
    z.strictObject({
      name: backendSchema,
      works: z.boolean(),
      /** How it runs, or why it does not. */
      description: z.string(),
      device: z.string().nullable(),
      /** Stage I at 64 × 64, batch 12: null where it was not timed. */
      stepMs: z.strictObject({ small: milliseconds, full: milliseconds }),
    }),
  ),
  recommended: backendSchema.nullable(),
});

export type Examination = z.infer<typeof examinationSchema>;
type Examined = Examination['backends'][number];

const messageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('works'), description: z.string() }),
  z.strictObject({ kind: z.literal('step'), size: z.enum(['small', 'full']), ms: z.number() }),
  z.strictObject({ kind: z.literal('fails'), reason: z.string() }),
]);

/** The GPUs that NVIDIA's driver tells of; none where it is not installed. */
async function findGpus(): Promise<Examination['gpus']> {
  const query = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader,nounits'];
  const { stdout, failed } = await execa('nvidia-smi', query, { reject: false, timeout: 20_000 });
  if (failed) return [];
  return stdout.split('\n').flatMap((line) => {
    const [name, driver, memory] = line.split(',').map((part) => part.trim());
    return name && driver ? [{ name, driver, memoryMiB: Math.round(Number(memory) || 0) }] : [];
  });
}

/** Starts a backend in a process of its own and times its steps, for at most `limitMs`. */
async function examineBackend(
  name: BackendName,
  sizes: readonly ReferenceSize[],
  limitMs: number,
  device: string,
): Promise<Examined> {
  const probe = fork(PROBE, [name, ...sizes], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const stepMs: Examined['stepMs'] = { small: null, full: null };
  let works = false;
  let description = 'ended without a word';
  probe.on('message', (value) => {
    const message = messageSchema.parse(value);
    if (message.kind === 'step') stepMs[message.size] = Number(message.ms.toFixed(1));
    else {
      works = message.kind === 'works';
      description = message.kind === 'works' ? message.description : message.reason;
    }
  });
  const timer = setTimeout(() => probe.kill('SIGKILL'), limitMs);
  await new Promise((resolve) => probe.once('exit', resolve));
  clearTimeout(timer);
  return { name, works, description, device: works ? device : null, stepMs };
}

/**
 * Which backends work on this machine, on which device, and how long a reference step takes in each.
 *
 * @param limitMs for each backend; what it has not done by then is null
 */
export async function examine(limitMs: number): Promise<Examination> {
  const gpus = await findGpus();
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  const backends: Examined[] = [];
  for (const name of backendSchema.options) {
    // Plain JavaScript takes minutes for a step: that it is there is enough to know.
    const sizes: ReferenceSize[] = name === 'cpu' ? [] : ['small', 'full'];
    const device = name === 'tfjs-node-gpu' ? (gpus[0]?.name ?? 'GPU') : model;
    backends.push(await examineBackend(name, sizes, limitMs, device));
  }
  return examinationSchema.parse({
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    processor: { model, cores: availableParallelism() },
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    gpus,
    backends,
    recommended: recommend(backends),
  } satisfies Examination);
}

/** The backend whose full step is fastest; without such times, the first that works. */
export function recommend(backends: readonly Examined[]): BackendName | null {
  const speed = ({ stepMs }: Examined) =>
    stepMs.full ?? (stepMs.small === null ? Infinity : 1e6 + stepMs.small);
  const working = backends.filter(({ works }) => works);
  return working.toSorted((a, b) => speed(a) - speed(b))[0]?.name ?? null;
}
