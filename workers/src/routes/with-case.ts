import type { Context } from 'hono';
import type { z } from 'zod';
import { type CaseOptions, type OpenCase, openCase } from '../case/open-case.ts';
import type { Model } from '../engine/model.ts';
import { mergeOptions } from '../input/merge-options.ts';
import { withBody } from '../input/read-body.ts';
import { readContent } from '../input/request-content.ts';
import type { AppEnv, Services } from '../services.ts';

export interface CaseRoute<T extends CaseOptions> {
  /** Whether `{"case": …}` may stand for the image. */
  readonly allowCase: boolean;
  readonly options: z.ZodType<T>;
}

/**
 * What all routes about an image share: reads the body, waits for the engine, opens the case, and answers while the
 * engine is still held.
 */
export async function withCase<T extends CaseOptions, R>(
  c: Context<AppEnv>,
  { settings, cases, gate, held, decoders }: Services,
  model: Model,
  query: T,
  { allowCase, options: schema }: CaseRoute<T>,
  answer: (open: OpenCase, options: T) => R | Promise<R>,
): Promise<R> {
  const limits = { maxBytes: settings.MAX_BODY_BYTES, held };
  return withBody(c.req.raw, limits, async (body) => {
    const content = await readContent(body, c.req.header('content-type') ?? '', allowCase);
    const options = mergeOptions(query, content.options, schema);
    const context = { hospital: c.var.hospital, model, cases, settings, decoders };
    return gate.run(async () => answer(await openCase(content.subject, options, context), options));
  });
}
