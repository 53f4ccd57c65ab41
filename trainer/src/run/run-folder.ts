import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { parseJsonOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { type Evaluation, evaluationSchema } from '../evaluation/table.ts';
import type { WeightValues } from '../model/model-variables.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { Checkpoints } from './checkpoint.ts';
import { type RunConfig, runConfigSchema } from './config.ts';
import type { StageName } from './task.ts';

const CONFIG = 'config.json';
const EVALUATION = 'evaluation.json';

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Names of the settings in which two configs differ, as paths. */
function differences(a: unknown, b: unknown, path = ''): string[] {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) {
    return Object.is(a, b) ? [] : [path];
  }
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  const at = (object: object, key: string) => (object as Record<string, unknown>)[key];
  return [...keys].flatMap((key) =>
    differences(at(a, key), at(b, key), path === '' ? key : `${path}.${key}`),
  );
}

/** The folder of a run: its config, checkpoints, log and evaluation. */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Begins a run, or goes on with it.
   *
   * @throws InputError when the folder holds a run of another config
   */
  async begin(config: RunConfig): Promise<void> {
    const text = await readIfThere(join(this.path, CONFIG));
    if (text === undefined) {
      await writeFileAtomically(join(this.path, CONFIG), Buffer.from(`${JSON.stringify(config, null, 2)}\n`));
      return;
    }
    const changed = differences(await this.config(), config);
    if (changed.length === 0) return;
    throw new InputError({
      code: 'other-run',
      input: join(this.path, CONFIG),
      problem: `is of a run with other settings (${changed.join(', ')})`,
      remedy: 'Resume it with the same settings, or choose another --out folder',
    });
  }

  /** @throws InputError when there is no run, or its config is not valid */
  async config(): Promise<RunConfig> {
    const path = join(this.path, CONFIG);
    const text = await readIfThere(path);
    if (text === undefined) {
      throw new InputError({
        code: 'no-run',
        input: this.path,
        problem: 'is not the folder of a run (it has no config.json)',
        remedy: 'Give the --out folder of d-persona train',
      });
    }
    return parseJsonOrThrow(runConfigSchema, text, path, 'Start the run again in another folder');
  }

  /** Weights after a finished stage. @throws InputError when it has not finished */
  async finished(stage: StageName, steps: number): Promise<WeightValues> {
    const checkpoint = await new Checkpoints(this.path, stage).latest();
    if (checkpoint?.step === steps) return checkpoint.weights;
    throw new InputError({
      code: 'unfinished-run',
      input: this.path,
      problem: `has done ${checkpoint?.step ?? 0} of ${steps} steps of ${stage}`,
      remedy: 'Run d-persona train with the same --out folder: it resumes',
    });
  }

  async writeEvaluation(evaluation: Evaluation): Promise<void> {
    await writeFileAtomically(
      join(this.path, EVALUATION),
      Buffer.from(`${JSON.stringify(evaluation, null, 2)}\n`),
    );
  }

  /** @throws InputError when the run has not been evaluated */
  async evaluation(): Promise<Evaluation> {
    const path = join(this.path, EVALUATION);
    const text = await readIfThere(path);
    if (text !== undefined)
      return parseJsonOrThrow(evaluationSchema, text, path, 'Run d-persona evaluate again');
    throw new InputError({
      code: 'not-evaluated',
      input: this.path,
      problem: 'has not been evaluated',
      remedy: 'Run d-persona evaluate with this folder first',
    });
  }
}
