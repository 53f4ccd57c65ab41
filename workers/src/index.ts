import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ExecutionContext } from 'hono';
import { createApp } from './app.ts';
import type { Bindings } from './bindings.ts';
import { createServices } from './create-services.ts';
import { loadWasm } from './dicom/load-wasm.ts';
import { chooseEngines } from './engine/choose-engines.ts';
import { MadeOnce } from './engine/made-once.ts';
import { nightly } from './retention/nightly.ts';
import type { AppEnv, Services } from './services.ts';
import { settingsSchema } from './settings.ts';
import { R2Store } from './store/r2-store.ts';
import { reachedHospital } from './tenant/reached-hospital.ts';

export { HospitalObject } from './tenant/hospital-object.ts';

interface Started {
  readonly app: OpenAPIHono<AppEnv>;
  readonly services: Services;
}

const starting = new MadeOnce<Started>();

/** One engine, one set of loaded releases and cases for each isolate. */
async function start(bindings: Bindings): Promise<Started> {
  const settings = settingsSchema.parse(bindings);
  const stores = {
    store: new R2Store(bindings.STORE, settings.STORE_TIMEOUT_MS),
    database: bindings.DB,
    hospitals: (id: string) => reachedHospital(bindings.HOSPITALS.getByName(id), settings.STORE_TIMEOUT_MS),
    analytics: bindings.METRICS,
    limiters: { key: bindings.KEY_LIMITER, hospital: bindings.HOSPITAL_LIMITER },
  };
  const engines = await chooseEngines(settings.ENGINE);
  const services = createServices(stores, settings, Date.now, engines, loadWasm);
  return { app: createApp(services), services };
}

function started(bindings: Bindings): Promise<Started> {
  return starting.get(() => start(bindings));
}

export default {
  async fetch(request: Request, bindings: Bindings, context?: ExecutionContext): Promise<Response> {
    const answer = started(bindings).then(({ app }) => app.fetch(request, bindings, context));
    // A client that goes away would stop its request at any `await`, with the turn at the engine in its hands, a release
    // half loaded for all, and its bytes still counted: it is carried on to its end.
    context?.waitUntil(answer.catch(() => undefined));
    return answer;
  },

  /** By the cron trigger of `wrangler.toml`. */
  async scheduled(_event: unknown, bindings: Bindings): Promise<void> {
    const { services } = await started(bindings);
    await nightly(services);
  },
};
