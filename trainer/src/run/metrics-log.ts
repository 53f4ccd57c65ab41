import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from './atomic-file.ts';

/** One line of `metrics.jsonl`: the terms of a step's loss, or figures on the validation patients after it. */
export const metricsRecordSchema = z.strictObject({
  stage: z.enum(['stage1', 'stage2', 'consensus']),
  kind: z.enum(['train', 'validation']),
  /** Steps done. */
  step: z.int().min(1),
  values: z.record(z.string(), z.number()),
});

export type MetricsRecord = z.infer<typeof metricsRecordSchema>;

/** `metrics.jsonl` of a run. */
export class MetricsLog {
  readonly #path: string;

  constructor(runFolder: string) {
    this.#path = join(runFolder, 'metrics.jsonl');
  }

  async append(record: MetricsRecord): Promise<void> {
    await appendFile(this.#path, `${JSON.stringify(record)}\n`);
  }

  /** All whole records; a line that a crash cut short is left out. */
  async records(): Promise<MetricsRecord[]> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      const parsed = metricsRecordSchema.safeParse(parseJson(line));
      return parsed.success ? [parsed.data] : [];
    });
  }

  /** Drops what a stage wrote after a checkpoint, so that a resumed run's log equals an uninterrupted one's. */
  async rewind(stage: MetricsRecord['stage'], step: number): Promise<void> {
    const kept = (await this.records()).filter((record) => record.stage !== stage || record.step <= step);
    const text = kept.map((record) => `${JSON.stringify(record)}\n`).join('');
    await writeFileAtomically(this.#path, Buffer.from(text));
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
