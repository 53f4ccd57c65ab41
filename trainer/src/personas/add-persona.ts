import { InputError } from '@d-persona/shared/errors.ts';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import {
  type EncodedRelease,
  type PlainTensor,
  quantizedWeights,
} from '@d-persona/shared/release/encode-release.ts';
import type { Persona } from '@d-persona/shared/release/manifest.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { bootstrapDifference, bootstrapMean } from '../evaluation/bootstrap.ts';
import { addHeads } from '../nightly/add-heads.ts';
import { FrozenCases } from '../nightly/frozen-cases.ts';
import { ReleaseModel } from '../nightly/release-model.ts';
import { type HeadTraining, headSpecs, joinValues, trainHead } from '../nightly/train-head.ts';
import { projectCommit, SOFTWARE } from '../publish/software.ts';
import { type Addition, casesNeeded, type Rival } from './addition.ts';
import type { SplitCases } from './reader-cases.ts';
import { diceOfMajority, diceOfPersona, diceOfPriorMean } from './rivals.ts';

/** Numbers of cases at which the curve is taken. */
const CURVE = [2, 5, 10, 20, 40];

export interface AddOptions {
  readonly persona: Pick<Persona, 'id' | 'title'>;
  readonly training: HeadTraining;
  readonly resamples: number;
  readonly now: Date;
  /** Train heads on fewer cases too, to see how many are needed. */
  readonly curve: boolean;
  /** Told of each head that is trained. */
  readonly onHead?: (cases: number, dice: number | null) => void;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A new persona's id must be new. @throws InputError */
function assertNew({ manifest }: Release, id: string): void {
  if (!manifest.personas.some((persona) => persona.id === id)) return;
  throw new InputError({
    code: 'persona-exists',
    input: id,
    problem: 'is a persona of this release already',
    remedy: 'Choose another --id',
  });
}

/**
 * Adds a persona to a release from a handful of cases: one head is trained on the frozen core, beginning as the
 * persona most like the reader. Every other weight keeps its bytes, so core and new release share one part.
 *
 * The head is measured as it will be stored, on patients that it has not seen, beside the nearest persona, the
 * majority of all personas and the prior's mean; and, if they are wanted, heads of fewer cases beside it.
 *
 * @throws InputError `persona-exists`
 */
export async function addPersona(
  store: ObjectStore,
  parent: Release,
  { train, heldOut }: SplitCases,
  { persona, training, resamples, now, curve: wanted, onHead = () => {} }: AddOptions,
): Promise<{ readonly addition: Addition; readonly release: EncodedRelease }> {
  assertNew(parent, persona.id);
  const started = performance.now();
  const { manifest } = parent;
  const model = new ReleaseModel(manifest, parent.weights);
  const patients = heldOut.map(({ group }) => group);
  const options = { seed: training.seed, resamples };
  const [drawn, drawnHeldOut] = [model.segmentAll(train), model.segmentAll(heldOut)];
  const likeness = manifest.personas.map((_, r) => mean(diceOfPersona(drawn, r, train)));
  const nearest = likeness.indexOf(Math.max(...likeness));
  const ofNearest = diceOfPersona(drawnHeldOut, nearest, heldOut);
  const frozen = FrozenCases.of(model, train);

  const headOf = (cases: number) => {
    const from = performance.now();
    const values = trainHead(model, nearest, frozen.first(cases), training);
    const dice = diceOfHead(parent, nearest, values, heldOut);
    const seconds = (performance.now() - from) / 1000;
    onHead(cases, mean(dice));
    return { cases, values, dice, seconds };
  };
  const fewer = wanted ? CURVE.filter((cases) => cases < train.length) : [];
  const heads = [...fewer, train.length].map(headOf);
  const last = heads.at(-1) as (typeof heads)[number];
  const rival = (title: string, dice: readonly number[]): Rival => ({
    title,
    dice: bootstrapMean(dice, patients, options),
    difference: bootstrapDifference(last.dice, dice, patients, options),
  });
  const rivals = [
    rival(`nearest persona (${manifest.personas[nearest]?.id})`, ofNearest),
    rival('majority of all personas', diceOfMajority(drawnHeldOut, heldOut)),
    rival('prior mean', diceOfPriorMean(model, heldOut)),
  ];
  model.dispose();

  const dice = bootstrapMean(last.dice, patients, options);
  const release = await addHeads(
    store,
    parent,
    [
      {
        persona: {
          ...persona,
          kind: 'person',
          metrics: { dice_persona: mean(last.dice), trained_on: last.cases, held_out_images: heldOut.length },
        },
        values: joinValues(last.values),
      },
    ],
    { software: SOFTWARE, provenance: { created: now.toISOString(), commit: await projectCommit() } },
  );
  const curve = heads.map(({ cases, dice: ofCases, seconds }) => ({
    cases,
    dice: bootstrapMean(ofCases, patients, options),
    gain: bootstrapDifference(ofCases, ofNearest, patients, options),
    seconds,
  }));
  return {
    release,
    addition: {
      persona: persona.id,
      parent: parent.hash,
      release: release.hash,
      core: release.manifest.parts['core.bin']?.sha256 as string,
      trainedOn: train.length,
      heldOut: heldOut.length,
      heldOutPatients: new Set(patients).size,
      nearest: manifest.personas[nearest]?.id as string,
      dice,
      rivals,
      curve,
      casesNeeded: casesNeeded(curve),
      seconds: (performance.now() - started) / 1000,
    },
  };
}

/** Dice of a head, as a release stores it, with each case. */
function diceOfHead(
  { manifest, weights }: Release,
  index: number,
  values: readonly Float32Array[],
  cases: SplitCases['heldOut'],
): number[] {
  const specs = headSpecs(manifest.architecture, index);
  const plain = new Map(
    specs.map(({ name, shape }, i) => [name, { shape, data: values[i] as Float32Array }] as const),
  );
  const stored: Map<string, PlainTensor> = quantizedWeights(plain, specs, manifest.quantization.kind);
  const model = new ReleaseModel(manifest, new Map([...weights, ...stored]));
  const dice = diceOfPersona(model.segmentAll(cases), index, cases);
  model.dispose();
  return dice;
}
