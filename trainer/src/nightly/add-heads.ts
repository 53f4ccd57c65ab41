import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { canonicalJson } from '@d-persona/shared/release/canonical-json.ts';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import {
  type EncodedRelease,
  encodeRelease,
  type PlainTensor,
} from '@d-persona/shared/release/encode-release.ts';
import {
  type Manifest,
  MODEL_CARD,
  type Persona,
  type ReleaseDescription,
} from '@d-persona/shared/release/manifest.ts';
import { getBytes, type ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { sha256 } from '@d-persona/shared/release/sha256.ts';
import { partKey } from '@d-persona/shared/release/store.ts';
import { cardWithHeads } from '../publish/model-card.ts';
import { splitValues } from './train-head.ts';

/** A head that was trained for a reader. */
export interface NewHead {
  readonly persona: Persona;
  /** As of `joinValues`. */
  readonly values: Float32Array;
}

/** Where each of the new heads goes: over the persona of the same id, or after the last. */
export function placeHeads(personas: readonly Persona[], heads: readonly NewHead[]): Persona[] {
  const placed = [...personas];
  for (const { persona } of heads) {
    const index = placed.findIndex(({ id }) => id === persona.id);
    if (index < 0) placed.push(persona);
    else placed[index] = persona;
  }
  return placed;
}

/**
 * A release with further or other heads. Everything else keeps its very bytes: the core is the same part, shared with
 * the parent, and no other persona changes in the least.
 *
 * @param change what else is to be told of the release
 */
export async function addHeads(
  store: ObjectStore,
  parent: Release,
  heads: readonly NewHead[],
  change: Partial<ReleaseDescription>,
): Promise<EncodedRelease> {
  const { manifest } = parent;
  const personas = placeHeads(manifest.personas, heads);
  const architecture: Architecture = { ...manifest.architecture, personas: personas.length };
  const specs = servingSpecs(architecture);
  const shapes = new Map(specs.map(({ name, shape }) => [name, shape]));
  const weights = new Map<string, PlainTensor>(parent.weights);
  const fresh = new Set<string>();
  for (const { persona, values } of heads) {
    const index = personas.findIndex(({ id }) => id === persona.id);
    for (const [name, data] of splitValues(values, architecture, index)) {
      weights.set(name, { shape: shapes.get(name) ?? [], data });
      fresh.add(name);
    }
  }
  const { format: _, version: __, parts: ___, weights: ____, ...description } = manifest;
  const told = { ...description, ...change, architecture, personas };
  const encoded = await encodeRelease(weights, specs, told, await cardWith(store, manifest, heads));
  await restoreBytes(store, manifest, encoded, fresh);
  return withHashes(encoded);
}

/** The parent's card, with what is known of each head that is not the core's own. */
async function cardWith(
  store: ObjectStore,
  { parts }: Manifest,
  heads: readonly NewHead[],
): Promise<string | undefined> {
  const hash = parts[MODEL_CARD]?.sha256;
  const bytes = hash === undefined ? null : await getBytes(store, partKey(hash, MODEL_CARD));
  if (bytes === null) return undefined;
  const personas = heads.map(({ persona }) => persona);
  return cardWithHeads(new TextDecoder().decode(bytes), personas);
}

/** Copies the parent's bytes over all weights but the new ones: quantizing anew could round otherwise. */
async function restoreBytes(
  store: ObjectStore,
  parent: Manifest,
  { manifest, files }: EncodedRelease,
  fresh: ReadonlySet<string>,
): Promise<void> {
  const parts = new Map<string, Uint8Array>();
  for (const [part, { sha256: hash }] of Object.entries(parent.parts)) {
    const bytes = await getBytes(store, partKey(hash, part));
    if (bytes === null) throw new Error(`${partKey(hash, part)} is gone`);
    parts.set(part, bytes);
  }
  const old = new Map(parent.weights.map((weight) => [weight.name, weight]));
  for (const { name, dtype, length, part, offset } of manifest.weights) {
    const before = old.get(name);
    if (before === undefined || fresh.has(name) || before.dtype !== dtype) continue;
    const bytes = parts.get(before.part)?.subarray(before.offset, before.offset + length);
    if (bytes !== undefined) files.get(part)?.set(bytes, offset);
  }
}

/** The release with the hashes that its parts have now. */
async function withHashes({ manifest, files }: EncodedRelease): Promise<EncodedRelease> {
  const parts: Manifest['parts'] = {};
  for (const part of Object.keys(manifest.parts)) {
    const bytes = files.get(part) as Uint8Array;
    parts[part] = { sha256: await sha256(bytes), bytes: bytes.length };
  }
  const told: Manifest = { ...manifest, parts };
  const bytes = new TextEncoder().encode(canonicalJson(told));
  return { hash: await sha256(bytes), manifest: told, files: new Map([...files, ['manifest.json', bytes]]) };
}
