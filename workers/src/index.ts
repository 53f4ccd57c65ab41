import type { OpenAPIHono } from '@hono/zod-openapi';
import { createApp } from './app.ts';
import type { Bindings } from './bindings.ts';
import { createServices } from './create-services.ts';
import { loadWasm } from './dicom/load-wasm.ts';
import { startEngine } from './engine/start-engine.ts';
import type { AppEnv } from './services.ts';
import { settingsSchema } from './settings.ts';
import { R2Store } from './store/r2-store.ts';

export { HospitalObject } from './tenant/hospital-object.ts';

let app: Promise<OpenAPIHono<AppEnv>> | undefined;

/** One engine, one set of loaded releases and cases for each isolate. */
async function startApp(bindings: Bindings): Promise<OpenAPIHono<AppEnv>> {
  const settings = settingsSchema.parse(bindings);
  const stores = {
    store: new R2Store(bindings.STORE),
    database: bindings.DB,
    hospitals: (id: string) => bindings.HOSPITALS.getByName(id),
  };
  const engine = await startEngine(settings.ENGINE);
  return createApp(createServices(stores, settings, Date.now, engine, loadWasm));
}

export default {
  async fetch(request: Request, bindings: Bindings): Promise<Response> {
    app ??= startApp(bindings);
    // A start that failed is forgotten: the next request tries again.
    const started = await app.catch((error: unknown) => {
      app = undefined;
      throw error;
    });
    return started.fetch(request, bindings);
  },
};
