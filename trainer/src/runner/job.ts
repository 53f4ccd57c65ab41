import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { parseJsonOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { z } from 'zod';

const MANIFEST = 'job.json';

/** A path below the job's folder that needs no quoting on any machine. */
const pathSchema = z.string().regex(/^(?!\.\.?(\/|$))[\w.-]+(\/(?!\.\.?(\/|$))[\w.-]+)*$/, {
  error: 'is not a plain path below the job folder',
});

/** A name that a shell, a container and a bucket take as it is. */
const nameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,47}$/, { error: 'needs lower-case letters, digits, hyphens' });

/** `job.json`: everything that a machine must know to do a job. It holds no secret, only the names of them. */
export const jobSchema = z.strictObject({
  id: nameSchema.meta({ description: 'Names the job on every machine; the same id is the same job' }),
  command: z
    .array(z.string().regex(/^[^\n\0]*$/, { error: 'must be one line' }))
    .min(1)
    .meta({ description: 'Program and arguments, run in the job folder, without a shell' }),
  inputs: z.array(pathSchema).meta({ description: 'What the machine is given' }),
  outputs: z
    .array(pathSchema)
    .min(1)
    .meta({ description: 'What must be there afterwards, and is brought back' }),
  resources: z.strictObject({
    gpu: nameSchema
      .or(z.string().regex(/^[A-Z0-9-]{1,20}$/))
      .nullable()
      .meta({ description: 'Type of GPU, or null' }),
    cpus: z.number().positive().default(2),
    memoryMiB: z.int().min(256).default(8192),
  }),
  secrets: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/))
    .default([])
    .meta({ description: 'Names of environment variables to pass on (Modal: names of its secrets)' }),
  expectedSeconds: z
    .int()
    .min(1)
    .meta({ description: 'How long it should take: for the estimate of its cost' }),
  timeoutSeconds: z.int().min(1).meta({ description: 'An attempt that takes longer is stopped' }),
  priceCeiling: z
    .number()
    .positive()
    .nullable()
    .meta({ description: 'Most that all attempts may cost, in US $' }),
  attempts: z.int().min(1).max(20).default(5).meta({ description: 'How often a preempted job is started' }),
});

export type JobManifest = z.output<typeof jobSchema>;

/** A job: a folder with a manifest, its inputs, and afterwards its outputs. */
export interface Job extends JobManifest {
  /** Absolute. */
  readonly folder: string;
  /** SHA-256 (hex) of the manifest: another one is another job. */
  readonly hash: string;
}

/** Reads a job's folder. @throws InputError for a manifest that is absent or wrong, or inputs that are not there */
export async function loadJob(folder: string): Promise<Job> {
  const path = join(folder, MANIFEST);
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new InputError({
      code: 'no-job',
      input: folder,
      problem: `has no ${MANIFEST}`,
      remedy: 'Give the folder of a job',
      cause,
    });
  });
  const manifest = parseJsonOrThrow(jobSchema, text, path, 'Correct the manifest');
  const job = {
    ...manifest,
    folder: resolve(folder),
    hash: createHash('sha256').update(JSON.stringify(manifest)).digest('hex'),
  };
  const missing = await missingPaths(job, job.inputs);
  if (missing.length > 0) {
    throw new InputError({
      code: 'no-input',
      input: path,
      problem: `names inputs that are not there: ${missing.join(', ')}`,
      remedy: 'Put them into the folder, or take them out of the manifest',
    });
  }
  return job;
}

/** Those of a job's paths that do not exist on this machine. */
export async function missingPaths(
  { folder }: Pick<Job, 'folder'>,
  paths: readonly string[],
): Promise<string[]> {
  const there = await Promise.all(
    paths.map((path) =>
      access(join(folder, path)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, i) => !there[i]);
}
