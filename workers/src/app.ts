import { OpenAPIHono } from '@hono/zod-openapi';
import { allowedOrigins } from './middleware/allowed-origins.ts';
import { requestId } from './middleware/request-id.ts';
import { observe } from './observe/observe.ts';
import { nothingThere } from './problem/nothing-there.ts';
import { problemResponse, toProblemError } from './problem/problem-response.ts';
import { schemaProblem } from './problem/schema-problem.ts';
import { annotationsRoutes } from './routes/annotations.ts';
import { auditRoute } from './routes/audit.ts';
import { casesRoute } from './routes/cases.ts';
import { descriptionRoutes } from './routes/description.ts';
import { driftRoute } from './routes/drift.ts';
import { healthRoute } from './routes/health.ts';
import { hospitalSettingsRoutes } from './routes/hospital-settings.ts';
import { hospitalsRoutes } from './routes/hospitals.ts';
import { keysRoutes } from './routes/keys.ts';
import { metricsRoute } from './routes/metrics.ts';
import { personaSegmentationRoute } from './routes/persona-segmentation.ts';
import { personasRoute } from './routes/personas.ts';
import { problemRoutes } from './routes/problems.ts';
import { publishRoutes } from './routes/publish.ts';
import { reconciliationsRoute } from './routes/reconciliations.ts';
import { releasesRoutes } from './routes/releases.ts';
import { segmentationsRoute } from './routes/segmentations.ts';
import { volumeSegmentationsRoute } from './routes/volume-segmentations.ts';
import type { AppEnv, Services } from './services.ts';

/** What the validators of `@hono/zod-openapi` call a part of a request. */
const TARGETS: Readonly<Record<string, string>> = { query: 'query parameters', param: 'path' };

/** The HTTP API: docs of its contract are at `/docs` and in `shared/src/contract`. */
export function createApp(services: Services): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>({
    defaultHook(result) {
      if (!result.success) throw schemaProblem(TARGETS[result.target] ?? result.target, result.error);
    },
  });
  app.use(requestId);
  app.use(observe(services));
  app.use(allowedOrigins(services.settings.ALLOWED_ORIGINS));
  healthRoute(app, services);
  personasRoute(app, services);
  casesRoute(app, services);
  personaSegmentationRoute(app, services);
  segmentationsRoute(app, services);
  volumeSegmentationsRoute(app, services);
  annotationsRoutes(app, services);
  releasesRoutes(app, services);
  publishRoutes(app, services);
  hospitalsRoutes(app, services);
  keysRoutes(app, services);
  hospitalSettingsRoutes(app, services);
  auditRoute(app, services);
  driftRoute(app, services);
  reconciliationsRoute(app, services);
  metricsRoute(app, services);
  problemRoutes(app);
  descriptionRoutes(app);
  app.notFound((c) => problemResponse(nothingThere(app.routes, c.req.path), c.var.requestId));
  app.onError((error, c) => {
    const problem = toProblemError(error);
    // A ProblemError is the caller's affair; what became a 5xx otherwise is the operator's.
    if (problem.status >= 500 && problem !== error) logFault(error, c.var.requestId);
    return problemResponse(problem, c.var.requestId);
  });
  return app;
}

/** One line for the operator. A bug's message and stack name code, not what was sent: inputs fail as InputError. */
function logFault(error: Error, request: string): void {
  console.error(
    JSON.stringify({
      level: 'error',
      request,
      error: error.name,
      message: error.message,
      stack: error.stack,
    }),
  );
}
