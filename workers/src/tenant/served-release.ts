import { caseReferenceSchema } from '@d-persona/shared/contract/cases.ts';
import type { Context } from 'hono';
import { parseCaseId } from '../case/case-id.ts';
import { unavailable } from '../problem/problem-error.ts';
import type { AppEnv, Services } from '../services.ts';

/** A body that names a case is shorter. */
const MAX_REFERENCE_BYTES = 1000;

/**
 * The release that serves a request, as the hospital was when the request came in: the current one, or for a share of
 * the requests the one on trial. A case goes on being answered by the release that it was made with.
 *
 * @throws ProblemError 503 while the hospital has no release
 */
export async function servedRelease(
  c: Context<AppEnv>,
  { cases, draw }: Pick<Services, 'cases' | 'draw'>,
): Promise<string> {
  const { tenant } = c.var;
  if (tenant.release === null) {
    throw unavailable('no-release', 'The hospital has no current release yet. Promote one.', 5);
  }
  let { release } = tenant;
  if (tenant.trial?.kind === 'canary') {
    const made = await releaseOfCase(c, cases);
    const tried = made === undefined ? draw() < tenant.trial.share : made === tenant.trial.release;
    if (tried) release = tenant.trial.release;
  }
  c.set('release', release);
  return release;
}

/** Which release made the case that the body names, or undefined where it names none that is kept. */
async function releaseOfCase(c: Context<AppEnv>, cases: Services['cases']): Promise<string | undefined> {
  const isJson = c.req.header('content-type')?.startsWith('application/json') === true;
  if (!isJson || !(Number(c.req.header('content-length')) <= MAX_REFERENCE_BYTES)) return undefined;
  const body: unknown = await c.req.raw
    .clone()
    .json()
    .catch(() => undefined);
  const checked = caseReferenceSchema.safeParse(body);
  if (!checked.success) return undefined;
  const kept = cases.get(parseCaseId(checked.data.case).digest);
  return kept?.hospital === c.var.hospital ? kept.release : undefined;
}
