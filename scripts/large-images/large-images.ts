import { ctElements, type Elements, fileOf } from '@d-persona/shared/dicom/encode.fixtures.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { Random } from '@d-persona/shared/random.ts';
import { encodeJpeg2000 } from './encode-jpeg-2000.ts';

/** An image of four million pixels, the most that the Worker takes. */
export interface LargeImage {
  readonly name: string;
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

const SIDE = 2048;
const JPEG_2000 = '1.2.840.10008.1.2.4.90';
const DICOM = 'application/dicom';

export async function largeImages(): Promise<LargeImage[]> {
  const smooth = sixteenBits((x, y) => 2000 + 900 * Math.sin(x / 90) + 900 * Math.cos(y / 70));
  const random = new Random(1);
  const noise = sixteenBits(() => random.integer(65536));
  const colour = Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, i) => (i * 7 + (i >> 9)) & 255);
  const grey = Uint8Array.from(smooth, (value) => value >> 4);
  const rgb = {
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'YBR_RCT',
    PlanarConfiguration: 0,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
  };
  return [
    {
      name: 'png',
      type: 'image/png',
      body: encodePng({ height: SIDE, width: SIDE, channels: 1, data: grey }),
    },
    { name: 'dicom', type: DICOM, body: fileOf(elements({ PixelData: new Uint8Array(smooth.buffer) })) },
    { name: 'jpeg-2000', type: DICOM, body: compressed(await encodeJpeg2000(smooth, SIDE, 1)) },
    { name: 'jpeg-2000-noise', type: DICOM, body: compressed(await encodeJpeg2000(noise, SIDE, 1)) },
    { name: 'jpeg-2000-colour', type: DICOM, body: compressed(await encodeJpeg2000(colour, SIDE, 3), rgb) },
  ];
}

function sixteenBits(value: (x: number, y: number) => number): Uint16Array<ArrayBuffer> {
  return Uint16Array.from({ length: SIDE * SIDE }, (_, i) => value(i % SIDE, Math.floor(i / SIDE)));
}

function elements(changes: Elements): Elements {
  return ctElements(SIDE, SIDE, { PixelRepresentation: 0, ...changes });
}

function compressed(codestream: Uint8Array, changes: Elements = {}): Uint8Array<ArrayBuffer> {
  const PixelData = { fragments: [new Uint8Array(0), codestream] };
  return fileOf(elements({ PixelData, ...changes }), { syntax: JPEG_2000 });
}
