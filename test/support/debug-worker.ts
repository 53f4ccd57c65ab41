import * as tf from '@tensorflow/tfjs-core';
import worker, { type Bindings } from '../../workers/src/index.ts';

/** The deployed Worker, and beside it a count of the engine's tensors, which the API does not tell. */
export default {
  async fetch(request: Request, bindings: Bindings): Promise<Response> {
    if (new URL(request.url).pathname === '/debug/tensors') return Response.json(tf.memory().numTensors);
    return worker.fetch(request, bindings);
  },
};
