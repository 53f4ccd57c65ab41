import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readObject } from '../read-image.ts';
import { colourValues } from '../values/colour.ts';
import { decodeFrame, type FrameCells } from './decode-frame.ts';
import { WasmDecoders } from './wasm-decoders.ts';
import { loadWasmFile } from './wasm-files.ts';

const repository = resolve(import.meta.dirname, '../../../..');
const folder = resolve(repository, process.env.DPERSONA_DICOM ?? '../shared/dicom');
const manifest = resolve(folder, 'MANIFEST.tsv');
const present = existsSync(manifest);

/** Files and the SHA-256 (12 digits) of the pixels that GDCM decodes. */
const files = (present ? readFileSync(manifest, 'utf8').trim().split('\n').slice(1) : [])
  .map((line) => line.split('\t'))
  .map(([file = '', syntax = '', , , , , , , digest = '']) => ({ file, syntax, digest }))
  .filter(({ file }) => !/seg_image|sr_document|no-pixel-data|truncated|no_meta|nested/.test(file));

const LIMITS = { maxPixels: 1 << 22, maxFrames: 16, maxInflatedBytes: 1 << 25, minSide: 1 };
const decoders = new WasmDecoders(loadWasmFile);

async function framesOf(file: string): Promise<FrameCells[]> {
  const { dataSet, transferSyntax, layout } = read(file);
  const frames: FrameCells[] = [];
  for (let i = 0; i < layout.frames; i++) {
    frames.push(await decodeFrame(dataSet, transferSyntax, layout, i, decoders));
  }
  return frames;
}

function read(file: string) {
  return readObject(new Uint8Array(readFileSync(resolve(folder, file))), file, LIMITS);
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for (const { cells } of await framesOf(file)) {
    hash.update(new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength));
  }
  return hash.digest('hex').slice(0, 12);
}

describe.skipIf(!present)(
  'pixels of real files (in the folder DPERSONA_DICOM; skipped where it is absent)',
  () => {
    /** GDCM leaves colour JPEG in YCbCr; the decoder here gives RGB. */
    const colourJpeg = files.filter(({ file }) => file.includes('JPEG-Baseline_YBR'));
    const listed = files.filter((entry) => entry.digest !== '' && !colourJpeg.includes(entry));

    it('are of every transfer syntax that the folder has', () => {
      expect(new Set(listed.map(({ syntax }) => syntax)).size).toBeGreaterThanOrEqual(15);
    });

    it.each(listed)('are those of GDCM: $file', async ({ file, digest }) => {
      expect(await digestOf(file)).toBe(digest);
    });

    it('of HTJ2K are those that were compressed', async () => {
      expect(await digestOf('derived-htj2k/CTImage_HTJ2KLossless_1.2.840.10008.1.2.4.201.dcm')).toBe(
        await digestOf('cornerstone-testImages/CTImage.dcm'),
      );
      expect(await digestOf('derived-htj2k/CT_small_HTJ2KLossless_1.2.840.10008.1.2.4.201.dcm')).toBe(
        await digestOf('pydicom/CT_small.dcm'),
      );
    });

    /** One picture, stored in different ways; lossy ones come near. */
    it.each([
      ['TestPattern_JPEG-LS-Lossless.dcm', 0, 0],
      ['TestPattern_JPEG-Lossless_RGB.dcm', 0, 0],
      ['TestPattern_Palette.dcm', 70, 8],
      ['TestPattern_Palette_16.dcm', 70, 8],
      ['TestPattern_JPEG-LS-NearLossless.dcm', 10, 4],
      ['TestPattern_JPEG-Baseline_YBRFull.dcm', 255, 3],
      ['TestPattern_JPEG-Baseline_YBR422.dcm', 255, 3],
    ])('in colour are the picture that it is of: %s', async (file, most, mean) => {
      const path = `cornerstone-testImages/${file}`;
      const colours = async (name: string) => {
        const { dataSet, layout } = read(name);
        const [frame] = await framesOf(name);
        return colourValues(frame as FrameCells, layout, dataSet);
      };
      const [ours, original] = await Promise.all([
        colours(path),
        colours('cornerstone-testImages/TestPattern_RGB.dcm'),
      ]);
      const differences = ours.map((value, i) => Math.abs(value - (original[i] as number)));
      expect(Math.max(...new Set(differences))).toBeLessThanOrEqual(most);
      expect(differences.reduce((a, b) => a + b, 0) / differences.length).toBeLessThanOrEqual(mean);
    });
  },
);
