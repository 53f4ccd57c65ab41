import openjpeg from '@cornerstonejs/codec-openjpeg/wasmjs';

interface Encoder {
  getDecodedBuffer(frame: {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned: boolean;
  }): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  delete(): void;
}

/** A lossless JPEG 2000 codestream. @param samples [side, side, components], 8 or 16 bits */
export async function encodeJpeg2000(
  samples: Uint8Array | Uint16Array,
  side: number,
  componentCount: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const silent = () => undefined;
  const module = await openjpeg({ print: silent, printErr: silent });
  const encoder: Encoder = new module.J2KEncoder();
  const bitsPerSample = 8 * samples.BYTES_PER_ELEMENT;
  const frame = { width: side, height: side, bitsPerSample, componentCount, isSigned: false };
  encoder.getDecodedBuffer(frame).set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  encoder.encode();
  const encoded = encoder.getEncodedBuffer().slice();
  encoder.delete();
  return encoded;
}
