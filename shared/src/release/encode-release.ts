import { canonicalJson } from './canonical-json.ts';
import { FLOAT16_OVERFLOW } from './float16.ts';
import {
  FORMAT,
  FORMAT_VERSION,
  type Manifest,
  MODEL_CARD,
  manifestSchema,
  type ReleaseDescription,
} from './manifest.ts';
import { type Quantization, readTensor, storedBytes, storedType, storeTensor } from './quantize.ts';
import { ReleaseError } from './release-error.ts';
import { sha256 } from './sha256.ts';
import { layOut, type TensorSpec } from './weight-layout.ts';

/** A weight outside any tensor library. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by name. */
export type PlainWeights = ReadonlyMap<string, PlainTensor>;

/** A release as it is stored: its address and its files, `manifest.json` among them. */
export interface EncodedRelease {
  /** SHA-256 of the manifest's bytes. */
  readonly hash: string;
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Encodes a release. The same weights and description give the same bytes, and so the same hash.
 *
 * @param weights may hold more than the specs name (a posterior, for one); that is left out.
 * @param specs the weights to store, in order: `servingSpecs` of the architecture.
 * @param card Markdown of `MODEL_CARD.md`; left out, the release has none.
 * @throws ReleaseError `release-refused` for a weight that is missing, of the wrong shape, not finite, or too large
 *   for float16; ZodError for a description that breaks the manifest's schema (a bug of the caller).
 */
export async function encodeRelease(
  weights: PlainWeights,
  specs: readonly TensorSpec[],
  description: ReleaseDescription,
  card?: string,
): Promise<EncodedRelease> {
  const { kind } = description.quantization;
  const layout = layOut(specs, kind);
  const files = new Map<string, Uint8Array>();
  for (const [part, bytes] of layout.partBytes) files.set(part, new Uint8Array(bytes));
  for (const { name, shape, dtype, part, offset, length } of layout.weights) {
    const { data } = checkedTensor(weights, name, shape, dtype);
    storeTensor(dtype, shape, data, (files.get(part) as Uint8Array).subarray(offset, offset + length));
  }
  if (card !== undefined) files.set(MODEL_CARD, new TextEncoder().encode(card));
  const parts: Manifest['parts'] = {};
  for (const [part, bytes] of files) parts[part] = { sha256: await sha256(bytes), bytes: bytes.length };

  const manifest = manifestSchema.parse({
    ...description,
    format: FORMAT,
    version: FORMAT_VERSION,
    parts,
    weights: layout.weights,
  });
  const manifestBytes = new TextEncoder().encode(canonicalJson(manifest));
  files.set('manifest.json', manifestBytes);
  return { hash: await sha256(manifestBytes), manifest, files };
}

/**
 * The weights as they will be after encoding and decoding, to measure what that costs before it is published.
 *
 * @throws ReleaseError as {@link encodeRelease}.
 */
export function quantizedWeights(
  weights: PlainWeights,
  specs: readonly TensorSpec[],
  kind: Quantization,
): Map<string, PlainTensor> {
  return new Map(
    specs.map(({ name, shape }) => {
      const type = storedType(kind, shape);
      const { data } = checkedTensor(weights, name, shape, type);
      const bytes = new Uint8Array(storedBytes(type, shape));
      storeTensor(type, shape, data, bytes);
      return [name, { shape, data: readTensor(type, shape, bytes, { copy: false }) }];
    }),
  );
}

function checkedTensor(
  weights: PlainWeights,
  name: string,
  shape: readonly number[],
  type: Quantization,
): PlainTensor {
  const tensor = weights.get(name);
  const refused = (problem: string, remedy: string) =>
    new ReleaseError('release-refused', `weight ${name}`, problem, remedy);
  if (!tensor) throw refused('is missing', 'Publish from the last checkpoint of a complete run');
  const size = shape.reduce((a, b) => a * b, 1);
  if (tensor.shape.join() !== shape.join() || tensor.data.length !== size) {
    throw refused(
      `has the shape [${tensor.shape}], not [${shape}]`,
      "Publish with the run's own configuration",
    );
  }
  if (!tensor.data.every(Number.isFinite)) {
    throw refused(
      'holds NaN or infinity',
      'Publish an earlier checkpoint, and train with a lower learning rate',
    );
  }
  if (type === 'float16' && tensor.data.some((w) => Math.abs(w) >= FLOAT16_OVERFLOW)) {
    throw refused('holds values too large for float16', 'Publish as float32 or int8');
  }
  return tensor;
}
