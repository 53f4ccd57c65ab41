import type { EmbindDecoder, EmbindModule, Glue, LoadWasm, WasmCodec } from './wasm-codec.ts';

/** Where the glue of a decoder is, loaded when its first frame comes, and what its class is called. */
const CODECS: Readonly<Record<WasmCodec, { glue: () => Promise<{ default: Glue }>; decoder: string }>> = {
  jpeg: {
    glue: () => import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'),
    decoder: 'JPEGDecoder',
  },
  'jpeg-ls': { glue: () => import('@cornerstonejs/codec-charls/decodewasmjs'), decoder: 'JpegLSDecoder' },
  'jpeg-2000': { glue: () => import('@cornerstonejs/codec-openjpeg/decodewasmjs'), decoder: 'J2KDecoder' },
  htj2k: { glue: () => import('@cornerstonejs/codec-openjph/wasmjs'), decoder: 'HTJ2KDecoder' },
};

/** Memory never shrinks: a decoder that grew beyond this is dropped after its frame. */
const MAX_KEPT_BYTES = 8 * 2 ** 20;

/** A frame as a decoder gives it. */
export interface DecodedSamples {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly data: Uint8Array | Uint16Array;
  /** Samples come plane by plane. */
  readonly planar: boolean;
}

/** A decoder could not read a frame. */
export class DecoderFailed extends Error {
  override readonly name = 'DecoderFailed';
}

/**
 * Decoders in WebAssembly, each loaded when the first frame of its kind comes, and made anew after a fault or when its
 * memory has grown large.
 */
export class WasmDecoders {
  readonly #loadWasm: LoadWasm;
  readonly #modules = new Map<WasmCodec, EmbindModule>();

  constructor(loadWasm: LoadWasm) {
    this.#loadWasm = loadWasm;
  }

  /** @throws DecoderFailed for a frame that the decoder does not read. */
  async decode(codec: WasmCodec, frame: Uint8Array): Promise<DecodedSamples> {
    const module = this.#modules.get(codec) ?? (await this.#instantiate(codec));
    // Kept again only if all goes well: a decoder that failed may have left anything behind.
    this.#modules.delete(codec);
    const decoded = decodeWith(module, CODECS[codec].decoder, frame);
    if (module.HEAPU8.length <= MAX_KEPT_BYTES) this.#modules.set(codec, module);
    return decoded;
  }

  async #instantiate(codec: WasmCodec): Promise<EmbindModule> {
    const [{ default: glue }, wasm] = await Promise.all([CODECS[codec].glue(), this.#loadWasm(codec)]);
    const silent = () => undefined; // what decoders print may hold what was sent
    return glue({
      instantiateWasm(imports, done) {
        const instance = new WebAssembly.Instance(wasm, imports);
        done(instance, wasm);
        return instance.exports;
      },
      locateFile: (path) => path,
      print: silent,
      printErr: silent,
    });
  }
}

function decodeWith(module: EmbindModule, className: string, frame: Uint8Array): DecodedSamples {
  const Decoder = module[className] as new () => EmbindDecoder;
  let decoder: EmbindDecoder | undefined;
  try {
    decoder = new Decoder();
    decoder.getEncodedBuffer(frame.length).set(frame);
    decoder.decode();
    const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo();
    const bytes = decoder.getDecodedBuffer().slice();
    const data = bitsPerSample > 8 ? new Uint16Array(bytes.buffer, 0, bytes.length >> 1) : bytes;
    const planar = componentCount > 1 && decoder.getInterleaveMode?.() === 0;
    const decoded = { rows: height, columns: width, samples: componentCount, data, planar };
    decoder.delete();
    return decoded;
  } catch (cause) {
    // C++ exceptions arrive as numbers, traps as WebAssembly.RuntimeError, an exhausted memory as a RangeError.
    throw new DecoderFailed('the decoder does not read the frame', { cause });
  }
}
