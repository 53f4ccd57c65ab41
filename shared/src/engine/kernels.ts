/** What the modules `engine.wasm` and `engine-relaxed.wasm` export: see `shared/kernels/assembly/engine.ts`. All arguments are numbers: addresses in bytes, counts, and lower bounds of outputs. */
export interface Kernels {
  prepareWinograd4(
    filters: number,
    scales: number,
    depth: number,
    n: number,
    to: number,
    scratch: number,
  ): void;
  prepareWinograd2(
    filters: number,
    scales: number,
    depth: number,
    n: number,
    to: number,
    scratch: number,
  ): void;
  prepareDense(matrix: number, k: number, n: number, to: number): void;
  winograd4(layer: number): void;
  winograd2(layer: number): void;
  firstConvolution(
    x: number,
    height: number,
    width: number,
    channels: number,
    packed: number,
    bias: number,
    low: number,
    out: number,
    outputs: number,
    scratch: number,
  ): void;
  dense(
    x: number,
    rows: number,
    k: number,
    packed: number,
    bias: number,
    low: number,
    out: number,
    n: number,
  ): void;
  packPanels(x: number, rows: number, channels: number, to: number): void;
  stemPatches(x: number, height: number, width: number, channels: number, to: number): void;
  subsample(x: number, height: number, width: number, channels: number, out: number): void;
  addRelu(a: number, b: number, floats: number, out: number): void;
  maxPool(
    x: number,
    height: number,
    width: number,
    channels: number,
    out: number,
    begin: number,
    end: number,
    worker: number,
  ): void;
  averagePool(
    x: number,
    height: number,
    width: number,
    channels: number,
    out: number,
    begin: number,
    end: number,
    worker: number,
  ): void;
  sumMiddle(
    x: number,
    rows: number,
    inner: number,
    scale: number,
    out: number,
    begin: number,
    end: number,
    worker: number,
  ): void;
  decode(
    part: number,
    pixels: number,
    channels: number,
    latents: number,
    count: number,
    weights: number,
    out: number,
    scratch: number,
  ): void;
}

/** Links a compiled module to a memory. */
export function linkKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}

/** Channels rounded up to whole vectors of four: maps in the engine have zeros in the added ones. */
export function padded(channels: number): number {
  return (channels + 3) & ~3;
}
