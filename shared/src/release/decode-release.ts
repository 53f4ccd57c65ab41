import { z } from 'zod';
import type { Architecture } from '../model/architecture.ts';
import type { PlainTensor, PlainWeights } from './encode-release.ts';
import { FORMAT, FORMAT_VERSION, type Manifest, manifestSchema } from './manifest.ts';
import { type Int8Values, int8Values, readTensor, widenInt8 } from './quantize.ts';
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

/** A weight as it is stored: 8-bit integers stay what they are, everything else is float32. */
export type StoredTensor = PlainTensor | StoredInt8;

export interface StoredInt8 {
  readonly shape: readonly number[];
  readonly int8: Int8Values;
}

/** Weights by name. */
export type StoredWeights = ReadonlyMap<string, StoredTensor>;

/**
 * The weights of one part.
 *
 * @param part such as `core.bin`
 * @param bytes of it, verified and aligned to 4; int8 and float32 are views of them
 */
export function storedWeights(
  { weights }: Pick<Manifest, 'weights'>,
  part: string,
  bytes: Uint8Array,
): Map<string, StoredTensor> {
  const ofPart = weights.filter((weight) => weight.part === part);
  // Where the kernels become memory of their own, views of a few biases would keep the whole part alive.
  const copy = ofPart.some(({ dtype }) => dtype === 'float16');
  return new Map(
    ofPart.map(({ name, shape, dtype, offset, length }): [string, StoredTensor] => {
      const own = bytes.subarray(offset, offset + length);
      if (dtype === 'int8') return [name, { shape, int8: int8Values(shape, own) }];
      return [name, { shape, data: readTensor(dtype, shape, own, { copy }) }];
    }),
  );
}

/** The same as numbers. Nothing of the bytes is kept alive, unless all of them are float32. */
export function plainWeights(weights: StoredWeights): Map<string, PlainTensor> {
  const copy = [...weights.values()].some((tensor) => 'int8' in tensor);
  return new Map(
    [...weights].map(([name, tensor]): [string, PlainTensor] => {
      if ('int8' in tensor) return [name, { shape: tensor.shape, data: widenInt8(tensor.int8) }];
      return [name, copy ? { shape: tensor.shape, data: tensor.data.slice() } : tensor];
    }),
  );
}
