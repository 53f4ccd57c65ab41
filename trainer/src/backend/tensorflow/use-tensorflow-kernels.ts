import { registerAdam } from './adam.ts';
import { registerConvolution } from './convolution.ts';
import { registerDecoding } from './decoding.ts';
import { registerNorms } from './norms.ts';
import { registerPooling } from './pooling.ts';

let registered = false;

/**
 * Registers kernels for the backend `tensorflow` (CPU and GPU) of which each is one or a few operations of TensorFlow's
 * where TensorFlow.js calls many.
 */
export function useTensorflowKernels(): void {
  if (registered) return;
  registered = true;
  registerAdam();
  registerConvolution();
  registerDecoding();
  registerNorms();
  registerPooling();
}
