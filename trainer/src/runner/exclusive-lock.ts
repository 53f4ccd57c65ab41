import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { z } from 'zod';

const ownerSchema = z.strictObject({ host: z.string(), pid: z.int().min(1) });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function ownerOf(path: string): Promise<z.infer<typeof ownerSchema> | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Does something that only one process may do at a time. The lock is a file that names its owner; one whose process
 * on this machine has ended is taken over.
 *
 * @throws InputError `locked`, naming the owner
 */
export async function withLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const mine = JSON.stringify({ host: hostname(), pid: process.pid });
  for (let tries = 0; ; tries++) {
    try {
      await writeFile(path, mine, { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = await ownerOf(path);
      const stale = owner === undefined || (owner.host === hostname() && !isAlive(owner.pid));
      if (stale && tries < 3) {
        await rm(path, { force: true });
        continue;
      }
      throw new InputError({
        code: 'locked',
        input: path,
        problem: `is held by process ${owner?.pid ?? 'unknown'} on ${owner?.host ?? 'unknown'}`,
        remedy: 'Wait until it is done; if that machine is gone, remove the file',
      });
    }
  }
  try {
    return await action();
  } finally {
    await rm(path, { force: true });
  }
}
