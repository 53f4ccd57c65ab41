import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { WasmDecoders } from './pixels/wasm-decoders.ts';
import { loadWasmFile } from './pixels/wasm-files.ts';
import { readImage, readObject } from './read-image.ts';

const folder = resolve(import.meta.dirname, '../../..', process.env.DPERSONA_DICOM ?? '../shared/dicom');
const present = existsSync(folder);
const paths = (present ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []).filter((path) =>
  path.endsWith('.dcm'),
);

const LIMITS = { maxPixels: 1 << 22, maxFrames: 4096, maxInflatedBytes: 1 << 25, minSide: 8 };
const ANY = { modality: null };
const MOST_MS = 5000;
const decoders = new WasmDecoders(loadWasmFile);

/** Reads all that a request would. @returns the code of the refusal, or 'read' */
async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    const image = await readImage(readObject(bytes, 'body', LIMITS), 1, ANY, decoders);
    return image.picture().data.length > 0 ? 'read' : 'empty';
  } catch (error) {
    if (error instanceof InputError) return error.code;
    throw error;
  }
}

type Mutation = (bytes: Uint8Array) => Uint8Array;

/** Where a change is made, as a share of the file: the header is small and matters most. */
const place = fc.oneof(
  fc.double({ min: 0, max: 0.02, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
);
const value = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xda, 0xfe, 0xff), fc.nat(255));

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 12 }).map(
    (changes): Mutation =>
      (bytes) => {
        const out = bytes.slice();
        for (const [at, byte] of changes) out[Math.floor(at * out.length)] = byte;
        return out;
      },
  ),
  place.map(
    (at): Mutation =>
      (bytes) =>
        bytes.subarray(0, Math.floor(at * bytes.length)),
  ),
  fc.tuple(place, fc.nat(64)).map(
    ([at, length]): Mutation =>
      (bytes) => {
        const start = Math.floor(at * bytes.length);
        return Uint8Array.from([...bytes.subarray(0, start), ...bytes.subarray(start + length)]);
      },
  ),
  fc.tuple(place, fc.nat(64)).map(
    ([at, length]): Mutation =>
      (bytes) => {
        const start = Math.floor(at * bytes.length);
        return Uint8Array.from([...bytes.subarray(0, start + length), ...bytes.subarray(start)]);
      },
  ),
);

describe.skipIf(!present)('altered files (of the folder DPERSONA_DICOM; skipped where it is absent)', () => {
  it.each(paths)('are read or refused, in time: %s', async (path) => {
    const bytes = new Uint8Array(readFileSync(resolve(folder, path)));
    await fc.assert(
      fc.asyncProperty(mutation, async (mutate) => {
        const start = performance.now();
        expect(await outcome(mutate(bytes))).toMatch(/^(read|[a-z]+(-[a-z]+)+)$/);
        expect(performance.now() - start).toBeLessThan(MOST_MS);
      }),
      { numRuns: 8 },
    );
  });

  it('are partly read and partly refused: the changes matter', async () => {
    const bytes = new Uint8Array(readFileSync(resolve(folder, 'pydicom/CT_small.dcm')));
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(mutation, async (mutate) => {
        outcomes.add(await outcome(mutate(bytes)));
      }),
      { numRuns: 100 },
    );
    expect([...outcomes]).toEqual(expect.arrayContaining(['read', 'malformed-dicom']));
  });
});
