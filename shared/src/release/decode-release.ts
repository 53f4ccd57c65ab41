import { z } from 'zod';
import type { Architecture } from '../model/architecture.ts';
import type { PlainTensor, PlainWeights } from './encode-release.ts';
import { FORMAT, FORMAT_VERSION, type Manifest, manifestSchema } from './manifest.ts';
import { readTensor } from './quantize.ts';
import { ReleaseError } from './release-error.ts';
import { sha256 } from './sha256.ts';
import { checkLayout, type TensorSpec } from './weight-layout.ts';

/** A verified release: its weights are those that were published, and those of its architecture. */
export interface Release {
  readonly hash: string;
  readonly manifest: Manifest;
  readonly weights: PlainWeights;
}

/** The weights that an architecture needs: `servingSpecs`. An argument, so that reading a release needs no tfjs. */
export type SpecsFor = (architecture: Architecture) => readonly TensorSpec[];

const envelopeSchema = z.looseObject({ format: z.literal(FORMAT), version: z.int() });

/**
 * Reads and verifies a manifest: its own hash, the format, the schema, and the layout of the weights.
 *
 * @param hash the release's address.
 * @param file the manifest, as named in an error.
 * @throws ReleaseError
 */
export async function decodeManifest(
  bytes: Uint8Array,
  hash: string,
  specsFor: SpecsFor,
  file: string,
): Promise<Manifest> {
  if ((await sha256(bytes)) !== hash) {
    throw new ReleaseError(
      'release-altered',
      file,
      `does not have the SHA-256 of its address, ${hash}: it was cut off or altered`,
      'Copy or publish the release again',
    );
  }
  const json = parseJson(bytes, file);
  checkFormat(json, file);
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join('.')}: ${message}`);
    const problem = `breaks its schema (${issues.join('; ')})`;
    throw new ReleaseError('release-invalid', file, problem, 'Publish the release again');
  }
  checkLayout(parsed.data, specsFor(parsed.data.architecture), file);
  return parsed.data;
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ReleaseError(
      'release-foreign',
      file,
      'is not JSON',
      'Give the hash of a D-Persona release',
      cause,
    );
  }
}

function checkFormat(json: unknown, file: string): void {
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) {
    const problem = 'is not the manifest of a D-Persona release';
    throw new ReleaseError('release-foreign', file, problem, 'Give the hash of a D-Persona release');
  }
  const { version } = envelope.data;
  if (version !== FORMAT_VERSION) {
    const problem = `has format version ${version}; this software reads version ${FORMAT_VERSION}`;
    const remedy =
      version > FORMAT_VERSION ? 'Update this software' : 'Publish the release again with this version';
    throw new ReleaseError('release-foreign', file, problem, remedy);
  }
}

/**
 * Verifies the bytes of one part against the manifest and reads its weights, each in one pass.
 *
 * @param name the part, such as `core.bin`.
 * @param file the part, as named in an error.
 * @throws ReleaseError `release-truncated` or `release-altered`.
 */
export async function decodePart(
  manifest: Manifest,
  name: string,
  bytes: Uint8Array,
  file: string,
): Promise<Map<string, PlainTensor>> {
  const expected = manifest.parts[name];
  if (!expected) throw new RangeError(`the manifest has no part ${name}`);
  if (bytes.length !== expected.bytes) {
    const problem = `has ${bytes.length} bytes, where the manifest says ${expected.bytes}`;
    throw new ReleaseError('release-truncated', file, problem, 'Copy or publish the release again');
  }
  if ((await sha256(bytes)) !== expected.sha256) {
    const problem = 'does not have the SHA-256 that the manifest says: it was altered';
    throw new ReleaseError('release-altered', file, problem, 'Copy or publish the release again');
  }
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const weights = manifest.weights.filter(({ part }) => part === name);
  // A view of a few biases would keep the whole part in memory, so views are for parts that are float32 throughout.
  const copy = weights.some(({ dtype }) => dtype !== 'float32');
  return new Map(
    weights.map(({ name: weight, shape, dtype, offset, length }) => [
      weight,
      { shape, data: readTensor(dtype, shape, aligned.subarray(offset, offset + length), { copy }) },
    ]),
  );
}
