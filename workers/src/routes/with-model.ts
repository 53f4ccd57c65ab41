import type { Context } from 'hono';
import type { Model } from '../engine/model.ts';
import { timedModel } from '../observe/timed-model.ts';
import type { AppEnv, Services } from '../services.ts';
import { servedRelease } from '../tenant/served-release.ts';

/**
 * Gives `work` the release that serves this request; it stays loaded until the work is done.
 *
 * @throws ProblemError 503 while there is none
 */
export async function withModel<T>(
  c: Context<AppEnv>,
  services: Services,
  work: (model: Model) => Promise<T>,
): Promise<T> {
  const release = await servedRelease(c, services);
  return services.models.use(release, (model) => work(timedModel(model, c.var.stages)));
}
