import type { Observed } from '@d-persona/shared/drift/histogram.ts';
import type { Context } from 'hono';
import type { z } from 'zod';
import { casePrompts } from '../case/case-maps.ts';
import { type CaseOptions, type OpenCase, openCase } from '../case/open-case.ts';
import { answerBytes, leastBytes } from '../case/work-bytes.ts';
import type { Work } from '../engine/isolate-memory.ts';
import type { Model } from '../engine/model.ts';
import { mergeOptions } from '../input/merge-options.ts';
import { withBody } from '../input/read-body.ts';
import { readContent } from '../input/request-content.ts';
import { behind } from '../observe/behind.ts';
import type { AppEnv, Services } from '../services.ts';
import { compareInShadow } from '../tenant/shadow.ts';

export interface CaseRoute<T extends CaseOptions> {
  /** Whether `{"case": …}` may stand for the image. */
  readonly allowCase: boolean;
  /** Bytes that the answer takes for each pixel of the image. */
  readonly perPixel: number;
  readonly options: z.ZodType<T>;
}

/**
 * What all routes about an image share: reads the body, waits for the engine, opens the case, and answers while the
 * engine is still held.
 */
export async function withCase<T extends CaseOptions, R>(
  c: Context<AppEnv>,
  services: Services,
  model: Model,
  query: T,
  { allowCase, perPixel, options: schema }: CaseRoute<T>,
  answer: (open: OpenCase, options: T, work: Work) => R | Promise<R>,
): Promise<R> {
  const { settings, cases, gate, held, memory, decoders, drift, now } = services;
  const { stages } = c.var;
  const limits = { maxBytes: settings.MAX_BODY_BYTES, held };
  stages.enter('read');
  return withBody(c.req.raw, limits, async (body) => {
    stages.leave();
    const content = await readContent(body, c.req.header('content-type') ?? '', allowCase);
    const options = mergeOptions(query, content.options, schema);
    const context = { hospital: c.var.hospital, model, cases, settings, decoders, perPixel };
    stages.enter('queue');
    let seen: Observed = {};
    const compute = async (work: Work): Promise<R> => {
      stages.leave();
      const open = await stages.wait('decode', () =>
        openCase(content.subject, options, { ...context, work }),
      );
      c.set('subject', open.id);
      seen = open.observed;
      stages.time('prompts', () => casePrompts(open, model));
      work.makeRoom(answerBytes(open.size, model, perPixel), 'The answer');
      return stages.wait('encode', () => answer(open, options, work));
    };
    const own = body.length + leastBytes(model);
    const answered = await gate.run(() => memory.during(own, compute), c.var.hospital);
    await behind(c, drift.add(c.var.hospital, model.hash, now(), { ...seen, ...c.get('observed') }));
    await compareInShadow(c, services, content.subject, options, context);
    return answered;
  });
}
