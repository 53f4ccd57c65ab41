import type { Manifest, StoredWeight } from './manifest.ts';
import { type Quantization, storedBytes, storedType } from './quantize.ts';
import { ReleaseError } from './release-error.ts';

/** What the codec has to know of a weight. The model's `WeightSpec` is one. */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** The network; heads are stored apart from the rest. */
  readonly part: string;
}

/** The file of a network's weights: a persona can be added or dropped without the core being written again. */
function partOf(spec: TensorSpec): string {
  return spec.part === 'head' ? 'personas.bin' : 'core.bin';
}

/** Where each weight goes: in the order of the specs, each aligned to 4 bytes within its part. */
export function layOut(
  specs: readonly TensorSpec[],
  kind: Quantization,
): { weights: StoredWeight[]; partBytes: Map<string, number> } {
  const partBytes = new Map<string, number>();
  const weights = specs.map((spec): StoredWeight => {
    const part = partOf(spec);
    const offset = partBytes.get(part) ?? 0;
    const dtype = storedType(kind, spec.shape);
    const length = storedBytes(dtype, spec.shape);
    partBytes.set(part, offset + Math.ceil(length / 4) * 4);
    return { name: spec.name, shape: [...spec.shape], dtype, part, offset, length };
  });
  return { weights, partBytes };
}

/**
 * Checks that the manifest stores exactly the weights of the architecture, each inside its part and none over another.
 *
 * @param file the manifest, as named in an error.
 * @throws ReleaseError `release-mismatch` or `release-invalid`.
 */
export function checkLayout({ weights, parts }: Manifest, specs: readonly TensorSpec[], file: string): void {
  const stored = new Map(weights.map((weight) => [weight.name, weight]));
  const mismatch = (problem: string) =>
    new ReleaseError('release-mismatch', file, problem, 'Publish the release again with this version');
  const invalid = (problem: string) =>
    new ReleaseError('release-invalid', file, problem, 'Publish the release again');

  if (stored.size !== weights.length) throw invalid('names a weight twice');
  for (const { name, shape } of specs) {
    const weight = stored.get(name);
    if (!weight) throw mismatch(`lacks the weight ${name} of its architecture`);
    if (weight.shape.join() !== shape.join()) {
      throw mismatch(`has ${name} in the shape [${weight.shape}], where its architecture needs [${shape}]`);
    }
  }
  const known = new Set(specs.map(({ name }) => name));
  const stranger = weights.find(({ name }) => !known.has(name));
  if (stranger) throw mismatch(`has a weight ${stranger.name} that its architecture does not know`);

  const ends = new Map<string, number>();
  for (const { name, dtype, shape, part, offset, length } of weights.toSorted(
    (a, b) => a.offset - b.offset,
  )) {
    const bytes = parts[part]?.bytes;
    if (bytes === undefined) throw invalid(`stores ${name} in ${part}, which it does not list`);
    if (length !== storedBytes(dtype, shape))
      throw invalid(`gives ${name} ${length} bytes, which is not its size`);
    if (offset + length > bytes) throw invalid(`stores ${name} beyond the end of ${part}`);
    if (offset < (ends.get(part) ?? 0)) throw invalid(`stores ${name} over another weight in ${part}`);
    ends.set(part, offset + length);
  }
}
