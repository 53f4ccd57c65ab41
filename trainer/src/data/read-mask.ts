import { InputError } from '@d-persona/shared/errors.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import type { Mask } from '@d-persona/shared/mask/mask.ts';

/**
 * Decodes a mask: black where nothing is, one other grey where something is (255, 1, 65535, or any). Colour and palette
 * pictures are read if their colours are greys.
 *
 * @param name the file, for errors
 * @throws InputError `colours-in-mask` or `not-a-mask`, naming what is in it; or what {@link decodeImage} throws
 */
export function readMask(bytes: Uint8Array, name: string, maxPixels: number): Mask {
  const image = decodeImage(bytes, { name, maxPixels });
  const grey = image.channels === 1 ? image.data : greyOf(image, name);
  const data = new Uint8Array(image.height * image.width);
  let foreground = 0;
  for (let i = 0; i < data.length; i++) {
    const value = grey[i] as number;
    if (value === 0) continue;
    if (foreground === 0) foreground = value;
    else if (value !== foreground) throw notAMask(grey, name);
    data[i] = 1;
  }
  return { height: image.height, width: image.width, data };
}

function greyOf({ data }: Image8or16, name: string): Uint16Array {
  const grey = new Uint16Array(data.length / 3);
  for (let i = 0; i < grey.length; i++) {
    const [r, g, b] = data.subarray(3 * i, 3 * i + 3);
    if (r !== g || g !== b) {
      throw new InputError({
        code: 'colours-in-mask',
        input: name,
        problem: `has colours, such as red ${r}, green ${g}, blue ${b}; a mask is black and white`,
        remedy: 'Save it as a grey PNG with 0 outside and 255 inside, or one such PNG for each structure',
      });
    }
    grey[i] = r as number;
  }
  return grey;
}

function notAMask(grey: Uint8Array | Uint16Array, name: string): InputError {
  const values = [...new Set(grey)].sort((a, b) => a - b);
  const list = values.length > 6 ? `${values.slice(0, 6).join(', ')}, …` : values.join(', ');
  return new InputError({
    code: 'not-a-mask',
    input: name,
    problem: `has ${values.length} values (${list}); a mask has 0 and one other`,
    remedy:
      'Threshold it and save it as a PNG with 0 outside and 255 inside, or choose the readers to take (data.raters)',
  });
}
