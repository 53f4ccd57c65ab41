import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJsonOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import type { z } from 'zod';
import { writeFileAtomically } from '../run/atomic-file.ts';

/** The folder of one hospital's night: a file for each step that is done, so that a killed night goes on after it. */
export class NightFolder {
  readonly path: string;
  readonly #afterStep: (step: string) => void;

  /** @param afterStep told of each step that was done now; for logs, and for tests that kill it there */
  constructor(path: string, afterStep: (step: string) => void) {
    this.path = path;
    this.#afterStep = afterStep;
  }

  /** The step's result: as written by an earlier run, or made now and written. */
  async step<T extends z.ZodType>(
    name: string,
    schema: T,
    make: () => Promise<z.output<T>>,
  ): Promise<z.output<T>> {
    const known = await this.result(name, schema);
    if (known !== undefined) return known;
    const result = schema.parse(await make());
    await writeFileAtomically(this.#file(name), Buffer.from(`${JSON.stringify(result, null, 1)}\n`));
    this.#afterStep(name);
    return result;
  }

  /** The result of a step that is done, or undefined. */
  async result<T extends z.ZodType>(name: string, schema: T): Promise<z.output<T> | undefined> {
    const text = await readFile(this.#file(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    return parseJsonOrThrow(schema, text, this.#file(name), 'Remove the file: the step is then done again');
  }

  #file(name: string): string {
    return join(this.path, `${name}.json`);
  }
}
