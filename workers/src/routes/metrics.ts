import type { OpenAPIHono } from '@hono/zod-openapi';
import { ProblemError } from '../problem/problem-error.ts';
import type { AppEnv, Services } from '../services.ts';

/** Counts of this isolate for Prometheus, where the operator turned it on: deployed, no two requests see the same. */
export function metricsRoute(app: OpenAPIHono<AppEnv>, { metrics, cases, models, settings }: Services): void {
  app.get('/metrics', (c) => {
    if (settings.PROMETHEUS === 'off')
      throw new ProblemError('not-found', 'path: metrics are not served here.');
    const gauges = { case_bytes: cases.bytes, model_bytes: models.bytes, models: models.size };
    return c.text(metrics.text(gauges), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
}
