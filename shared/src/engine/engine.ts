import { InputError } from '../errors.ts';
import { type Architecture, featureChannels } from '../model/architecture.ts';
import type { EncoderPlan } from './encoder-plan.ts';
import { planEncoder } from './encoder-plan.ts';
import type { PlainWeights } from './filters.ts';
import { type Kernels, linkKernels, padded } from './kernels.ts';
import { type PreparedModel, prepareHeads, prepareModel, type Size } from './prepare-model.ts';
import { runStep } from './run-step.ts';
import { MEASURED, type Tuning } from './tuning.ts';
import { ensureBytes, PAGE, WeightMemory, wholePages } from './weight-memory.ts';

/** Everything of an image that segmentations need, computed once: plain numbers, no place in the engine. */
export interface Encoding extends Size {
  /** The decoder's first layer on the features, as its engine lays it out. */
  readonly imagePart: Float32Array;
  /** The prior p(z|x): [D] each. */
  readonly mu: Float32Array;
  readonly logSigma: Float32Array;
  /** What each persona's head asks of the bank, [R,D]. */
  readonly queries: Float32Array;
}

/** What an engine is made of. */
export interface EngineParts {
  /** `engine.wasm` or `engine-relaxed.wasm`. */
  readonly module: WebAssembly.Module;
  readonly architecture: Architecture;
  readonly weights: PlainWeights;
  /** Of the images that it mostly gets. */
  readonly size: Size;
  /** What else than measurement is to decide: for tests. */
  readonly tuning?: Partial<Tuning>;
}

/** |log σ| is held below this: see `model/gaussian.ts`. */
const LOG_SIGMA_LIMIT = 10;
/** Address of the description of a convolution; 0 stands for "none" in it. */
const DESCRIPTION = 64;
/** Below this are the description and the kernels' places at fixed addresses: see `engine-layer.ts` there. */
const FIXED_BYTES = 8448;
/** Latent vectors whose maps are made in one pass over the features, and bytes of these maps. */
const MOST_LATENTS = 8;
const MAPS_BYTES = 4 * 2 ** 20;
/** Four GiB, all that addresses reach. */
const MAX_PAGES = 65536;
/** Plans of so many sizes are kept. */
const MOST_PLANS = 4;
/** Bytes of a channel of four pixels: see the kernel `decode`. */
const PANEL = 16;

/**
 * A release that segments: its weights and one arena in a memory of its own, which the release gives back by being
 * forgotten. One image at a time.
 */
export class Engine {
  readonly architecture: Architecture;
  #memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES });
  #kernels: Kernels;
  readonly #model: PreparedModel;
  readonly #latentWeights: { readonly matrix: Float32Array; readonly bias: Float32Array };
  readonly #arena: number;
  readonly #tuning: Tuning;
  readonly #module: WebAssembly.Module;
  readonly #size: Size;
  readonly #plans = new Map<string, EncoderPlan>(); // in order of use

  constructor({ module, architecture, weights, size, tuning }: EngineParts) {
    this.#tuning = { ...MEASURED, ...tuning };
    this.architecture = architecture;
    this.#module = module;
    this.#size = size;
    this.#kernels = linkKernels(module, this.#memory);
    const memory = new WeightMemory(this.#kernels, this.#memory, weights, FIXED_BYTES);
    this.#model = prepareModel(memory, architecture, size, this.#tuning);
    this.#arena = memory.end;
    const features = featureChannels(architecture);
    this.#latentWeights = {
      matrix: memory.values('decoder/first/kernel').slice(features * features),
      bias: memory.values('decoder/first/bias').slice(),
    };
  }

  /** Bytes of the engine's memory, which never shrinks. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Bytes of the weights. */
  get weightBytes(): number {
    return this.#arena;
  }

  /** Bytes that its memory comes to at most while it encodes and decodes images of a size. */
  bytesFor(size: Size): number {
    const { end } = this.#decoderLayout(size, mapsTogether(size));
    return wholePages(Math.max(this.#arena + this.#plan(size).bytes, end));
  }

  /**
   * Gives the arena back: the weights move to a memory of their own, and the old one is left to the garbage collector.
   * The next image takes a new arena. Not while maps are being taken.
   */
  trim(): void {
    const bytes = wholePages(this.#arena);
    if (bytes >= this.bytes) return;
    const memory = new WebAssembly.Memory({ initial: bytes / PAGE, maximum: MAX_PAGES });
    new Uint8Array(memory.buffer).set(new Uint8Array(this.#memory.buffer, 0, this.#arena));
    this.#memory = memory;
    this.#kernels = linkKernels(this.#module, memory);
  }

  /**
   * The heads of another release on the same core, in the form in which the kernels read them: kilobytes, where a
   * core is megabytes. See {@link useHeads}.
   *
   * @param weights must hold the heads; the rest is not looked at
   * @returns null for heads that are kept in another form than this engine's own
   */
  prepareHeads(weights: PlainWeights): Uint8Array | null {
    const scratch = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES });
    const start = this.#model.headsAddress;
    const memory = new WeightMemory(linkKernels(this.#module, scratch), scratch, weights, start);
    const heads = prepareHeads(memory, this.architecture, this.#size, this.#tuning);
    if (JSON.stringify(heads) !== JSON.stringify(this.#model.heads) || memory.end !== this.#arena)
      return null;
    return new Uint8Array(scratch.buffer, start, memory.end - start).slice();
  }

  /** Encodes from now on for these personas. @param heads of {@link prepareHeads} of this engine */
  useHeads(heads: Uint8Array): void {
    new Uint8Array(this.#memory.buffer, this.#model.headsAddress, heads.length).set(heads);
  }

  /**
   * Runs U-Net, prior and heads.
   *
   * @param input standardised intensities [H,W,C]
   * @throws InputError where there are numbers that are not finite
   */
  encode(input: Float32Array, size: Size): Encoding {
    const { channels, latent, personas } = this.architecture;
    const { height, width } = size;
    if (input.length !== height * width * channels)
      throw new RangeError(`An image of ${input.length} numbers is not ${height} × ${width} × ${channels}`);
    assertFinite(input);
    const plan = this.#plan(size);
    ensureBytes(this.#memory, this.#arena + plan.bytes);
    this.#write(this.#arena + plan.image.address, input);
    const machine = {
      kernels: this.#kernels,
      memory: this.#memory,
      arena: this.#arena,
      description: DESCRIPTION,
    };
    for (const step of plan.steps) runStep(machine, step);
    const gaussian = this.#read(this.#arena + plan.gaussian.address, 2 * latent);
    const queries = this.#read(this.#arena + plan.queries.address, personas * padded(latent));
    const limited = (v: number) => Math.max(-LOG_SIGMA_LIMIT, Math.min(LOG_SIGMA_LIMIT, v));
    return {
      height,
      width,
      imagePart: this.#read(
        this.#arena + plan.imagePart.address,
        padded(height * width) * padded(featureChannels(this.architecture)),
      ),
      mu: gaussian.slice(0, latent),
      logSigma: gaussian.slice(latent).map(limited),
      queries: queries.filter((_, i) => i % padded(latent) < latent),
    };
  }

  /**
   * Probability maps [H·W] of latent vectors [D], one at a time: a caller that sums them keeps one map, not a hundred.
   * Several latent vectors share a pass over the features. The engine must not be used otherwise before the last map
   * is taken.
   */
  *probabilities(encoding: Encoding, latents: readonly Float32Array[]): Generator<Float32Array, void> {
    const pixels = encoding.height * encoding.width;
    const together = Math.min(mapsTogether(encoding), latents.length);
    const { part, maps, biases, scratch, end, room, channels } = this.#decoderLayout(encoding, together);
    ensureBytes(this.#memory, end);
    this.#write(part, encoding.imagePart);
    for (let first = 0; first < latents.length; first += together) {
      const group = latents.slice(first, first + together);
      for (const [i, z] of group.entries()) this.#write(biases + 4 * i * channels, this.#latentBias(z));
      this.#kernels.decode(part, room, channels, biases, group.length, this.#model.decoder, maps, scratch);
      for (let i = 0; i < group.length; i++) yield this.#read(maps + 4 * i * room, pixels);
    }
  }

  /** Where the decoder finds what it needs for so many latent vectors in a pass. */
  #decoderLayout({ height, width }: Size, together: number) {
    const channels = padded(featureChannels(this.architecture));
    const room = padded(height * width);
    const part = this.#arena;
    const maps = part + 4 * room * channels;
    const biases = maps + 4 * room * together;
    const scratch = biases + 4 * together * channels;
    return { part, maps, biases, scratch, end: scratch + 2 * PANEL * channels, room, channels };
  }

  /** W_z·z + b: the bias that stands for a latent vector in the decoder's first layer, padded. */
  #latentBias(z: Float32Array): Float32Array {
    const { matrix, bias } = this.#latentWeights;
    const features = bias.length;
    const out = new Float32Array(padded(features));
    for (let f = 0; f < features; f++) {
      let sum = bias[f] as number;
      for (let d = 0; d < z.length; d++) sum += (z[d] as number) * (matrix[d * features + f] as number);
      out[f] = sum;
    }
    return out;
  }

  #plan(size: Size): EncoderPlan {
    const key = `${size.height}×${size.width}`;
    const plan = this.#plans.get(key) ?? planEncoder(this.#model, this.architecture, size, this.#tuning);
    this.#plans.delete(key);
    this.#plans.set(key, plan);
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= MOST_PLANS) break;
      this.#plans.delete(oldest);
    }
    return plan;
  }

  #write(address: number, values: Float32Array): void {
    new Float32Array(this.#memory.buffer, address, values.length).set(values);
  }

  #read(address: number, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, count).slice();
  }
}

/** Maps of latent vectors that are made in one pass over the features. */
function mapsTogether({ height, width }: Size): number {
  return Math.max(1, Math.min(MOST_LATENTS, Math.floor(MAPS_BYTES / (4 * padded(height * width)))));
}

/** A NaN or an infinity would spread over the whole answer. */
function assertFinite(input: Float32Array): void {
  for (const value of input) {
    if (!Number.isFinite(value)) {
      throw new InputError({
        code: 'not-finite',
        input: 'image',
        problem: 'holds numbers that are not finite',
        remedy: 'Replace missing and overflown intensities before sending it',
      });
    }
  }
}
