import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameCells } from '@d-persona/shared/dicom/pixels/decode-frame.ts';
import { decodeFrame } from '@d-persona/shared/dicom/pixels/decode-frame.ts';
import { WasmDecoders } from '@d-persona/shared/dicom/pixels/wasm-decoders.ts';
import { readObject } from '@d-persona/shared/dicom/read-image.ts';
import { execa } from 'execa';

/** Pixels to compare with, and where they are from. */
export interface ReferencePixels {
  readonly from: string;
  readonly frames: readonly FrameCells[];
}

const LIMITS = { maxPixels: 2 ** 26, maxFrames: 4096, maxInflatedBytes: 2 ** 30, minSide: 1 };

/** Pixels as GDCM decodes them: written as they are by `gdcmconv --raw`. Null where it does not read the syntax. */
export async function gdcmPixels(path: string): Promise<ReferencePixels | null> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-gdcm-'));
  try {
    const raw = join(folder, 'raw.dcm');
    const { exitCode, failed } = await execa('gdcmconv', ['--raw', path, raw], { reject: false });
    if (failed || exitCode !== 0) return null;
    return await nativePixels('GDCM', await readFile(raw));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Pixels of an object that has them uncompressed; null for any other. */
export async function nativePixels(from: string, bytes: Uint8Array): Promise<ReferencePixels | null> {
  const { dataSet, transferSyntax, layout } = readObject(bytes, from, LIMITS);
  if (transferSyntax.encapsulated) return null;
  const decoders = new WasmDecoders(() => Promise.reject(new Error('native pixels need no decoder')));
  const frames = await Promise.all(
    Array.from({ length: layout.frames }, (_, i) =>
      decodeFrame(dataSet, transferSyntax, layout, i, decoders),
    ),
  );
  return { from, frames };
}
