import { createServer, type IncomingMessage } from 'node:http';
import type { MemoryHospital } from './night.fixtures.ts';

export interface HospitalServer {
  readonly url: string;
  /** Told of each request, before it is answered. */
  onRequest: (hospital: string) => void;
  close(): void;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** What the nightly retraining asks of a server, answered by hospitals in memory. @returns undefined for other paths */
async function answer(
  hospital: MemoryHospital,
  method: string,
  path: string,
  body: Buffer,
): Promise<object | Uint8Array | undefined> {
  const parts = path.split('/').filter((part) => part !== '');
  const { searchParams, pathname } = new URL(path, 'http://localhost');
  if (pathname === '/annotations') {
    return { annotations: await hospital.annotationsAfter(Number(searchParams.get('after'))), more: false };
  }
  if (parts[0] === 'annotations') return hospital.pixels(parts[1] ?? '', parts[2] as 'image' | 'mask');
  if (pathname === '/drift') return hospital.drift();
  if (path === '/releases') return hospital.releases();
  if (method === 'PUT' && path === '/releases/current') {
    await hospital.promote(JSON.parse(body.toString()).release);
    return {};
  }
  if (method === 'PUT' && parts[0] === 'releases') hospital.published.add(parts[1] ?? '');
  return method === 'PUT' ? {} : undefined;
}

/** Serves hospitals by their ids on the loopback address. */
export async function serveHospitals(
  hospitals: ReadonlyMap<string, MemoryHospital>,
): Promise<HospitalServer> {
  const server = createServer(async (request, response) => {
    const [, id = '', rest = ''] = /^\/v1\/hospitals\/([\w-]+)(\/.*)$/.exec(request.url ?? '') ?? [];
    served.onRequest(id);
    const hospital = hospitals.get(id);
    const body = await bodyOf(request);
    const found = hospital && (await answer(hospital, request.method ?? '', rest, body));
    if (found instanceof Uint8Array) response.setHeader('content-type', 'image/png').end(found);
    else
      response
        .setHeader('content-type', 'application/json')
        .writeHead(found ? 200 : 404)
        .end(JSON.stringify(found ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const served: HospitalServer = {
    url: `http://127.0.0.1:${port}`,
    onRequest() {},
    close: () => void server.close(),
  };
  return served;
}
