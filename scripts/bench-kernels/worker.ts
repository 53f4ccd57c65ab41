import { Random } from '@d-persona/shared/random.ts';
import kernels from './kernels.wasm';
import type { Method } from './layers.ts';

type Kernel = (...numbers: number[]) => void;
type Name = `${'prepareWinograd' | 'winograd'}${2 | 4}` | `convolve${8 | 16}` | 'quantize';

const memory = new WebAssembly.Memory({ initial: 1024, maximum: 1024 });
const instance = new WebAssembly.Instance(kernels as WebAssembly.Module, { env: { memory } });
const kernel = instance.exports as unknown as Record<Name, Kernel>;
const DESCRIPTION = 64;
const SCALE = 1e-3;

/** A layer's data at addresses of its own, and each way to compute it. The integers of int16 are not quantized anew. */
function layer(side: number, n: number): Record<Method, () => void> {
  let top = 2 ** 17;
  const take = (bytes: number) => {
    const address = top;
    top += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const map = 4 * side * side * n;
  const [x, out, staged] = [take(map), take(map), take(2 * (side + 2) ** 2 * n + 64)];
  const [plain, direct, prepared] = [take(9 * n * n), take(18 * n * n), take(36 * (4 * n * n + 64))];
  const [scales, bias, inverses, scratch] = [take(4 * n), take(4 * n), take(4 * n), take(2 ** 20)];
  const random = new Random(1);
  const floats = (address: number, count: number) => new Float32Array(memory.buffer, address, count);
  floats(x, side * side * n).set(random.gaussians(side * side * n).map((v) => Math.max(0, v)));
  floats(scales, n).fill(SCALE);
  floats(inverses, n).fill(127 / 4);
  const filters = Int8Array.from({ length: 18 * n * n }, () => random.integer(255) - 127);
  new Int8Array(memory.buffer, plain, 9 * n * n).set(filters.subarray(0, 9 * n * n));
  new Int8Array(memory.buffer, direct, 18 * n * n).set(filters);
  const winograd = (tile: 2 | 4, prepare: boolean) => {
    const rows = Math.ceil(side / tile);
    const block = Math.max(1, Math.min(rows, Math.ceil((n > 64 ? 64 : 32) / rows)));
    const words = [0, 0, 0, 0, x, n, 0, side, side, 0, prepared, bias, out, n, 0, side];
    new Int32Array(memory.buffer, DESCRIPTION, 24).set([...words, 0, block, scratch, 1, 0, 0, 0, 0]);
    if (prepare) kernel[`prepareWinograd${tile}`](plain, scales, n, n, prepared, scratch);
    kernel[`winograd${tile}`](DESCRIPTION);
  };
  const convolve = (bits: 8 | 16) =>
    kernel[`convolve${bits}`](staged, side, side, n, direct, scales, bias, out, n);
  return {
    winograd4: () => winograd(4, false),
    'winograd4-at-use': () => winograd(4, true),
    winograd2: () => winograd(2, false),
    'winograd2-at-use': () => winograd(2, true),
    int8: () => {
      kernel.quantize(x, side, side, n, inverses, staged);
      convolve(8);
    },
    int16: () => convolve(16),
  };
}

let held: { name: string; ways: Record<Method, () => void> } | undefined;

/** `/run?part=<side>/<channels>/<method>&times=…` */
export default {
  async fetch(request: Request): Promise<Response> {
    const query = new URL(request.url).searchParams;
    const [side, channels, method] = (query.get('part') ?? '').split('/');
    const name = `${side}/${channels}`;
    if (held?.name !== name) held = { name, ways: layer(Number(side), Number(channels)) };
    const run = held.ways[method as Method];
    for (let i = 0; i < Number(query.get('times')); i++) run();
    return Response.json(0);
  },
};
