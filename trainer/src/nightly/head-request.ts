import { annotationRecordSchema } from '@d-persona/shared/contract/annotations.ts';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import { hashSchema } from '@d-persona/shared/release/manifest.ts';
import { z } from 'zod';
import { readCase } from './annotated-case.ts';
import { headTrainingSchema } from './settings.ts';
import { type TrainedReader, trainReader } from './train-reader.ts';

const records = z.array(annotationRecordSchema);

/** All that decides a reader's head: the same request gives the same head, wherever it is answered. */
export const headRequestSchema = z.strictObject({
  release: hashSchema,
  persona: z.string(),
  train: records,
  heldOut: records,
  earlier: records,
  training: headTrainingSchema,
  /** Whether it must be better to be published. */
  must: z.boolean(),
  gate: z.strictObject({
    minimumPatients: z.int(),
    tolerance: z.number(),
    resamples: z.int(),
  }),
});

export type HeadRequest = z.output<typeof headRequestSchema>;

/** Trains and judges a head. @param folder holds the records' pixels @param release that of the request */
export async function answerHeadRequest(
  folder: string,
  release: Release,
  { persona, train, heldOut, earlier, training, must, gate }: HeadRequest,
): Promise<TrainedReader> {
  const read = (part: HeadRequest['train']) =>
    Promise.all(part.map((record) => readCase(folder, record, release.manifest.input)));
  const cases = {
    persona,
    train: await read(train),
    heldOut: await read(heldOut),
    earlier: await read(earlier),
  };
  return trainReader(release, cases, training, must, gate);
}
