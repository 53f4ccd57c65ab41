import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FrameCells } from '@d-persona/shared/dicom/pixels/decode-frame.ts';
import type { Photometric, PixelLayout } from '@d-persona/shared/dicom/pixels/pixel-layout.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { bundleWorker } from '@d-persona/trainer/serve/bundle-worker.ts';
import { startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { addHospital, serve, syntheticRelease } from '../../test/support/synthetic-release.ts';

/** A Worker in workerd that serves a release of random weights, which reads images of any kind. */
export interface CheckedWorker {
  /** Asks all personas for a segmentation as DICOM SEG. */
  segment(bytes: Uint8Array<ArrayBuffer>): Promise<Response>;
  /** The cells of a frame, 1-based, as the Worker decodes them. */
  pixels(bytes: Uint8Array<ArrayBuffer>, layout: PixelLayout, frame: number): Promise<FrameCells>;
  /** Decodes the first frame so many times in one request. */
  time(bytes: Uint8Array<ArrayBuffer>, repeat: number): Promise<DecodingTime>;
  stop(): Promise<void>;
}

/** Of one request: milliseconds, and the memory of the decoders that it made. */
export interface DecodingTime {
  readonly firstMs: number;
  readonly nextMs: number;
  readonly wasmBytes: number;
}

export async function startCheckedWorker(): Promise<CheckedWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-check-'));
  const store = new FolderStore(folder);
  const [key = ''] = await addHospital(store, 'demo', [['segment']]);
  await serve(store, 'demo', await syntheticRelease());
  const bundle = await bundleWorker(fileURLToPath(new URL('pixels-worker.ts', import.meta.url)));
  const worker = await startWorker({ store: folder, bundle, variables: VARIABLES, log: () => undefined });
  const post = (path: string, body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(worker.url + path, { method: 'POST', body, headers });
  return {
    segment: (bytes) =>
      post('/v1/hospitals/demo/segmentations', bytes, {
        authorization: `Bearer ${key}`,
        'content-type': 'application/dicom',
        accept: 'application/dicom',
      }),
    async pixels(bytes, layout, frame) {
      const response = await post(`/debug/pixels?frame=${frame}`, bytes);
      if (!response.ok) throw new Error(`The Worker decodes no pixels: ${await response.text()}`);
      const body = await response.arrayBuffer();
      return {
        cells: layout.bitsAllocated === 16 ? new Uint16Array(body) : new Uint8Array(body),
        planar: response.headers.get('d-persona-planar') === 'true',
        photometric: response.headers.get('d-persona-photometric') as Photometric,
      };
    },
    async time(bytes, repeat) {
      const { headers } = await post(`/debug/pixels?repeat=${repeat}`, bytes);
      const number = (name: string) => Number(headers.get(`d-persona-${name}`));
      return { firstMs: number('first-ms'), nextMs: number('next-ms'), wasmBytes: number('wasm-bytes') };
    },
    async stop() {
      await worker.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** One key sends a folder as fast as it can. */
const PER_MINUTE = 1_000_000;
const VARIABLES = {
  KEY_REQUESTS_PER_MINUTE: PER_MINUTE,
  HOSPITAL_REQUESTS_PER_MINUTE: PER_MINUTE,
  HOSPITAL_CPU_SECONDS_PER_MINUTE: PER_MINUTE,
};
