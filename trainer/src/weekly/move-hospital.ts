import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';
import { loadRelease, publishRelease } from '@d-persona/shared/release/store.ts';
import { bootstrapDifference, type Estimate } from '../evaluation/bootstrap.ts';
import { addHeads, type NewHead } from '../nightly/add-heads.ts';
import type { AnnotatedCase } from '../nightly/annotated-case.ts';
import { majority, maskDice } from '../nightly/mask-dice.ts';
import { ReleaseModel } from '../nightly/release-model.ts';
import { trainReader } from '../nightly/train-reader.ts';
import { projectCommit, SOFTWARE } from '../publish/software.ts';
import { type HospitalCases, readCases } from './hospital-cases.ts';

/** A hospital's readers on another core, beside what they have. */
export interface MovedHospital {
  readonly release: EncodedRelease;
  /** Dice on held-out cases, new − present, over patients. */
  readonly difference: Estimate;
  readonly readers: readonly string[];
}

/** Dice of what a reader is served with: their own persona, or the majority of all while they have none. */
function servedDice(release: Release, cases: readonly AnnotatedCase[]): number[] {
  const model = new ReleaseModel(release.manifest, release.weights);
  const masks = model.segmentAll(cases);
  const dice = cases.map(({ persona, mask }, i) => {
    const all = masks[i] as Uint8Array[];
    return maskDice(mask, all[model.indexOf(persona)] ?? majority(all));
  });
  model.dispose();
  return dice;
}

/**
 * Trains the heads of a hospital's readers on a new core, and compares on cases that no head has seen.
 *
 * @param base the new core with its own personas
 * @returns undefined where a reader's persona cannot be moved: no case is left to learn from
 */
export async function moveHospital(
  hospital: HospitalCases,
  base: Release,
  created: string,
): Promise<MovedHospital | undefined> {
  const { context, release, cases } = hospital;
  const { store, settings } = context;
  const own = new Set(base.manifest.personas.map(({ id }) => id));
  const readers = release.manifest.personas.filter(({ id }) => !own.has(id));
  const heads: NewHead[] = [];
  for (const persona of readers) {
    const part = cases.filter((one) => one.persona === persona.id && one.part === 'train');
    if (part.length === 0) return undefined;
    const train = await readCases(hospital, part);
    const asked = { persona: persona.id, train, heldOut: [], earlier: [] };
    const { values } = trainReader(base, asked, settings.training, false, settings);
    heads.push({ persona: { ...persona, metrics: { trained_on: train.length } }, values });
  }
  const provenance = { created, commit: await projectCommit() };
  const moved = await addHeads(store, base, heads, { software: SOFTWARE, provenance });
  await publishRelease(store, moved);
  const heldOut = await readCases(
    hospital,
    cases.filter(({ part }) => part === 'held-out'),
  );
  const difference = bootstrapDifference(
    servedDice(await loadRelease(store, moved.hash, servingSpecs), heldOut),
    servedDice(release, heldOut),
    heldOut.map(({ group }) => group),
    { seed: settings.training.seed, resamples: settings.resamples },
  );
  return { release: moved, difference, readers: readers.map(({ id }) => id) };
}
