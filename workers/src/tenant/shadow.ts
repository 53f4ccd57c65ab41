import { DEFAULT_THRESHOLD } from '@d-persona/shared/contract/options.ts';
import type { Context } from 'hono';
import { personaMaps } from '../case/case-maps.ts';
import { type CaseContext, type CaseOptions, openCase } from '../case/open-case.ts';
import type { SentCase, SentImage } from '../input/request-content.ts';
import { behind } from '../observe/behind.ts';
import type { AppEnv, Services } from '../services.ts';

/**
 * For a share of the images, has the release on trial answer too, behind the answer that the caller gets, and records
 * the Dice between both. Nothing of it can make a request fail.
 */
export async function compareInShadow(
  c: Context<AppEnv>,
  services: Services,
  subject: SentImage | SentCase,
  options: CaseOptions,
  context: Omit<CaseContext, 'work'>,
): Promise<void> {
  const { trial, id: hospital } = c.var.tenant;
  if (trial?.kind !== 'shadow' || subject.kind === 'case' || services.draw() >= trial.share) return;
  const { models, gate, memory, sql, now } = services;
  const release = context.model.hash;
  const compare = models.use(release, (current) =>
    models.use(trial.release, (tried) =>
      gate.run(
        () =>
          memory.during(subject.bytes.length, async (work) => {
            const dices: number[] = [];
            const [ours, theirs] = [
              await masksOf(subject, options, { ...context, work, model: current }),
              await masksOf(subject, options, { ...context, work, model: tried }),
            ];
            for (const [persona, mask] of ours) {
              const other = theirs.get(persona);
              if (other !== undefined && other.length === mask.length) dices.push(dice(mask, other));
            }
            return dices;
          }),
        hospital,
      ),
    ),
  );
  const recorded = compare
    .then((dices) => {
      if (dices.length === 0) return undefined;
      const mean = dices.reduce((sum, value) => sum + value, 0) / dices.length;
      return sql.write([
        'INSERT INTO comparisons (hospital, release, trial, at, dice) VALUES (?, ?, ?, ?, ?)',
        ...[hospital, release, trial.release, new Date(now()).toISOString(), mean],
      ]);
    })
    .catch((error: unknown) => {
      const name = error instanceof Error ? error.name : 'unknown';
      console.error(
        JSON.stringify({ level: 'error', request: c.var.requestId, error: name, message: 'no shadow' }),
      );
    });
  await behind(c, recorded);
}

/** The mask of each persona, on the model's grid. */
async function masksOf(
  subject: SentImage,
  options: CaseOptions,
  context: CaseContext,
): Promise<Map<string, Uint8Array>> {
  const open = await openCase(subject, options, context);
  const maps = [...personaMaps(open, context.model)];
  return new Map(
    context.model.manifest.personas.map(({ id }, i) => [
      id,
      Uint8Array.from(maps[i] ?? [], (p) => (p >= DEFAULT_THRESHOLD ? 1 : 0)),
    ]),
  );
}

/** 2|A∩B| / (|A| + |B|); two empty masks agree. */
function dice(a: Uint8Array, b: Uint8Array): number {
  let both = 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    both += (a[i] ?? 0) & (b[i] ?? 0);
    sum += (a[i] ?? 0) + (b[i] ?? 0);
  }
  return sum === 0 ? 1 : (2 * both) / sum;
}
