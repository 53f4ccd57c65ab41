import type { ExecutionContext } from 'hono';
import type { Bindings } from '../../workers/src/bindings.ts';
import worker from '../../workers/src/index.ts';

export { HospitalObject } from '../../workers/src/index.ts';

const memories: WeakRef<WebAssembly.Memory>[] = [];

WebAssembly.Memory = class extends WebAssembly.Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    memories.push(new WeakRef(this));
  }
};

/** Bytes of all memories that engines have. */
function engineBytes(): number {
  return memories.reduce((sum, memory) => sum + (memory.deref()?.buffer.byteLength ?? 0), 0);
}

/** The deployed Worker, and beside it what memory its engines hold, which the API does not tell. */
export default {
  async fetch(request: Request, bindings: Bindings, context: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname === '/debug/engine-bytes') return Response.json(engineBytes());
    return worker.fetch(request, bindings, context);
  },
};
