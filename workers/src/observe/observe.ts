import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { AppEnv, Services } from '../services.ts';
import { writePoint } from './analytics.ts';
import { behind } from './behind.ts';
import { Stages } from './stages.ts';

/**
 * Tells what became of each request: one line in the log, counts, the audit of its hospital, and `server-timing`.
 * Nothing of it holds what was sent, a path, or a key.
 */
export function observe({ audit, metrics, analytics, limits, log, now }: Services) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const start = performance.now();
    const stages = new Stages();
    c.set('stages', stages);
    c.set('limits', limits);
    await next();
    const ms = Math.round(10 * (performance.now() - start)) / 10;
    const spent = stages.entries();
    c.get('leave')?.(stages.computedMs());
    const timing = [...spent, ['total', ms] as const].map(([name, took]) => `${name};dur=${took}`);
    c.header('server-timing', timing.join(', '));
    const { requestId: request, hospital, caller, release, subject } = c.var;
    const { method } = c.req;
    const { status } = c.res;
    const route = patternOf(routePath(c, -1));
    metrics.observe({ method, route, status, ms, stages: spent });
    if (analytics) writePoint(analytics, { method, route, status, ms, stages: spent, hospital, release });
    const line = {
      level: 'info',
      request,
      hospital,
      method,
      route,
      status,
      release,
      ms,
      stages: Object.fromEntries(spent),
    };
    log(JSON.stringify(line));
    if (caller === undefined || hospital === undefined) return;
    const parameters = c.req.param() as Record<string, string | undefined>;
    const written = audit.add({
      hospital,
      at: new Date(now()).toISOString(),
      request,
      who: caller.who,
      action: `${method} ${route}`,
      persona: parameters.persona ?? null,
      subject: subject ?? parameters.key ?? parameters.annotation ?? null,
      release: release ?? null,
      status,
    });
    await behind(c, written);
  });
}

/** `/a/:b` as the description writes it: `/a/{b}`. What no route matches has no pattern. */
function patternOf(path: string): string {
  return path.includes('*') ? 'none' : path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}');
}
