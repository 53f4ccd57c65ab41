import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { WeightValues } from '../model/model-variables.ts';
import type { AdamState } from '../optimiser/adam.ts';
import { writeFileAtomically } from './atomic-file.ts';
import type { StageName } from './task.ts';

/** Everything that a stopped training needs to go on as if it had not been stopped. */
export interface Checkpoint {
  readonly stage: StageName;
  /** Steps done. */
  readonly step: number;
  readonly weights: WeightValues;
  readonly optimiser: AdamState;
  readonly random: readonly (number | null)[];
  /** The average of the weights so far, where the stage keeps one. */
  readonly average?: WeightValues;
}

/*
 * A checkpoint is one file: 32 bytes of SHA-256 over the rest, 4 bytes of header length (little endian), a JSON
 * header, then float32 values of weights and both moments in the header's order.
 */
const headerSchema = z.strictObject({
  format: z.literal('d-persona-checkpoint/1'),
  stage: z.enum(['stage1', 'stage2', 'consensus']),
  step: z.int().min(0),
  adamStep: z.int().min(0),
  random: z.array(z.number().nullable()),
  tensors: z.array(
    z.strictObject({
      group: z.enum(['weights', 'first', 'second', 'average']),
      name: z.string(),
      length: z.int().min(0),
    }),
  ),
});

const HASH_BYTES = 32;

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Writes a checkpoint atomically. @throws InputError when the disk is full; earlier checkpoints stay */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { weights, optimiser } = checkpoint;
  const { average = new Map() } = checkpoint;
  const groups = { weights, first: optimiser.first, second: optimiser.second, average } as const;
  const tensors = Object.entries(groups).flatMap(([group, values]) =>
    [...values].map(([name, { length }]) => ({ group, name, length })),
  );
  const header = Buffer.from(
    JSON.stringify({
      format: 'd-persona-checkpoint/1',
      stage: checkpoint.stage,
      step: checkpoint.step,
      adamStep: optimiser.step,
      random: checkpoint.random,
      tensors,
    }),
  );
  const headerLength = Buffer.alloc(4);
  headerLength.writeUInt32LE(header.length);
  const chunks = [
    headerLength,
    header,
    ...Object.values(groups).flatMap((values) => [...values.values()].map(bytesOf)),
  ];
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  await writeFileAtomically(path, hash.digest(), ...chunks);
}

/** Reads a checkpoint. @returns undefined when the file is truncated, altered or of another format */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const file = await readFile(path);
  if (file.length < HASH_BYTES + 4) return undefined;
  const body = file.subarray(HASH_BYTES);
  if (!createHash('sha256').update(body).digest().equals(file.subarray(0, HASH_BYTES))) return undefined;
  const headerLength = body.readUInt32LE(0);
  const header = headerSchema.safeParse(JSON.parse(body.subarray(4, 4 + headerLength).toString()));
  if (!header.success) return undefined;
  const { stage, step, adamStep, random, tensors } = header.data;
  const groups = {
    weights: new Map<string, Float32Array>(),
    first: new Map<string, Float32Array>(),
    second: new Map<string, Float32Array>(),
    average: new Map<string, Float32Array>(),
  };
  let offset = 4 + headerLength;
  for (const { group, name, length } of tensors) {
    const values = new Float32Array(length);
    bytesOf(values).set(body.subarray(offset, offset + values.byteLength));
    groups[group].set(name, values);
    offset += values.byteLength;
  }
  const { first, second, average } = groups;
  return {
    ...{ stage, step, random, weights: groups.weights },
    optimiser: { step: adamStep, first, second },
    ...(average.size > 0 && { average }),
  };
}

/** Checkpoints of a stage kept in a run's folder: the newest two, so that a torn one leaves its predecessor. */
export class Checkpoints {
  readonly #folder: string;
  readonly #stage: StageName;

  constructor(runFolder: string, stage: StageName) {
    this.#folder = join(runFolder, 'checkpoints');
    this.#stage = stage;
  }

  #path(step: number): string {
    return join(this.#folder, `${this.#stage}-${String(step).padStart(8, '0')}.ckpt`);
  }

  async #steps(): Promise<number[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const steps = names.map((name) => new RegExp(`^${this.#stage}-(\\d{8})\\.ckpt$`).exec(name)?.[1]);
    return steps
      .filter((step) => step !== undefined)
      .map(Number)
      .sort((a, b) => b - a);
  }

  async write(checkpoint: Checkpoint): Promise<void> {
    await writeCheckpoint(this.#path(checkpoint.step), checkpoint);
    for (const step of (await this.#steps()).slice(2)) await rm(this.#path(step), { force: true });
  }

  /** The newest checkpoint that is whole, or undefined. */
  async latest(): Promise<Checkpoint | undefined> {
    for (const step of await this.#steps()) {
      const checkpoint = await readCheckpoint(this.#path(step));
      if (checkpoint !== undefined) return checkpoint;
    }
    return undefined;
  }
}
