import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { allPersonasSchema } from '@d-persona/shared/contract/segmentation.ts';
import { ctElements, fileOf } from '@d-persona/shared/dicom/encode.fixtures.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { type RunningWorker, startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHospital, serve, syntheticRelease } from './support/synthetic-release.ts';

const START_MS = 120_000;
const dicom = resolve(import.meta.dirname, '..', process.env.DPERSONA_DICOM ?? '../shared/dicom');
const CT = 'cornerstone-testImages/CTImage.dcm';
/** The same picture without loss, by every decoder that is WebAssembly and reads it so. */
const TWINS = [
  `${CT}_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm`,
  `${CT}_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm`,
  'derived-htj2k/CTImage_HTJ2KLossless_1.2.840.10008.1.2.4.201.dcm',
];
const JPEG = 'cornerstone-testImages/TestPattern_JPEG-Baseline_YBR422.dcm';

let worker: RunningWorker;
let folder: string;
let key: string;
const logged: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd-persona-test-'));
  const store = new FolderStore(folder);
  [key = ''] = await addHospital(store, 'demo', [['segment']]);
  await serve(store, 'demo', await syntheticRelease());
  worker = await startWorker({ store: folder, log: (line) => logged.push(line) });
}, START_MS);

afterAll(async () => {
  await worker?.stop();
  await rm(folder, { recursive: true, force: true });
}, START_MS);

function segment(body: Uint8Array<ArrayBuffer>, accept = 'application/json'): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/dicom', accept };
  return fetch(`${worker.url}/v1/hospitals/demo/segmentations`, { method: 'POST', body, headers });
}

const fileOfFolder = (path: string) => new Uint8Array(readFileSync(resolve(dicom, path)));

describe('DICOM in workerd', () => {
  it('comes in and goes out, and leaves no name in the log', async () => {
    const slice = fileOf(ctElements(40, 50));
    const answer = allPersonasSchema.parse(await (await segment(slice)).json());
    expect(answer.segmentations[0]?.mask.size).toEqual([40, 50]);
    const object = await segment(slice, 'application/dicom');
    expect(object.headers.get('content-type')).toBe('application/dicom');
    expect(new TextDecoder('latin1').decode(await object.arrayBuffer())).toContain('DICM');
    expect(await (await segment(slice.subarray(0, 700))).text()).not.toContain('Doe');
    expect(logged.join('\n')).not.toMatch(/Doe|P-17|2\.25\./);
  });

  it.skipIf(!existsSync(dicom))(
    'is decoded alike by every decoder (of files in the folder DPERSONA_DICOM; skipped where it is absent)',
    async () => {
      const drawn = async (path: string) => {
        const { segmentations } = allPersonasSchema.parse(await (await segment(fileOfFolder(path))).json());
        return segmentations;
      };
      const native = await drawn(CT);
      for (const twin of TWINS) expect(await drawn(twin)).toEqual(native);
      expect(await drawn(JPEG)).toHaveLength(3);
    },
  );
});
