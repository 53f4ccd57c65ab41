import { decodeFrame } from '@d-persona/shared/dicom/pixels/decode-frame.ts';
import { WasmDecoders } from '@d-persona/shared/dicom/pixels/wasm-decoders.ts';
import { readObject } from '@d-persona/shared/dicom/read-image.ts';
import { InputError } from '@d-persona/shared/errors.ts';
import type { Bindings } from '../../workers/src/bindings.ts';
import { loadWasm } from '../../workers/src/dicom/load-wasm.ts';
import { dicomLimits } from '../../workers/src/dicom/see-dicom.ts';
import worker from '../../workers/src/index.ts';
import { settingsSchema } from '../../workers/src/settings.ts';

export { HospitalObject } from '../../workers/src/index.ts';

/** Memories of decoders: of what was instantiated since a request began. */
let memories: WebAssembly.Memory[] = [];

WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports);
    for (const exported of Object.values(this.exports)) {
      if (exported instanceof WebAssembly.Memory) memories.push(exported);
    }
  }
};

/**
 * The deployed Worker, and beside it `POST /debug/pixels?frame=1&repeat=1`: the cells of a frame of a DICOM image as
 * the Worker decodes them, which the API does not tell, with the time that took and what memory decoders hold.
 */
export default {
  async fetch(request: Request, bindings: Bindings): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== '/debug/pixels') return worker.fetch(request, bindings);
    try {
      return await pixels(new Uint8Array(await request.arrayBuffer()), {
        frame: Number(searchParams.get('frame') ?? 1),
        repeat: Number(searchParams.get('repeat') ?? 1),
      });
    } catch (error) {
      if (error instanceof InputError) return new Response(error.message, { status: 422 });
      throw error;
    }
  },
};

async function pixels(
  bytes: Uint8Array,
  { frame, repeat }: { frame: number; repeat: number },
): Promise<Response> {
  memories = [];
  const decoders = new WasmDecoders(loadWasm);
  const decode = () => {
    const { dataSet, transferSyntax, layout } = readObject(
      bytes,
      'body',
      dicomLimits(settingsSchema.parse({})),
    );
    return decodeFrame(dataSet, transferSyntax, layout, frame - 1, decoders);
  };
  const start = performance.now();
  const { cells, photometric, planar } = await decode();
  const first = performance.now();
  for (let i = 1; i < repeat; i++) await decode();
  const end = performance.now();
  const held = memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  const headers = {
    'd-persona-photometric': photometric,
    'd-persona-planar': String(planar),
    'd-persona-first-ms': String(first - start),
    'd-persona-next-ms': String(repeat > 1 ? (end - first) / (repeat - 1) : 0),
    'd-persona-wasm-bytes': String(held),
  };
  return new Response(cells.slice().buffer, { headers });
}
