import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import type { PlainTensor } from '@d-persona/shared/release/encode-release.ts';
import { quantizedWeights } from '@d-persona/shared/release/encode-release.ts';
import type { Quantization } from '@d-persona/shared/release/quantize.ts';
import type { AnnotatedCase } from './annotated-case.ts';
import { type GateOptions, type Guard, type Judgement, judge, type PairedDice } from './judge.ts';
import { maskDice } from './mask-dice.ts';
import { ReleaseModel } from './release-model.ts';
import { type HeadTraining, headSpecs, joinValues, splitValues, trainHead } from './train-head.ts';

/** One reader's cases. */
export interface ReaderCases {
  readonly persona: string;
  readonly train: readonly AnnotatedCase[];
  readonly heldOut: readonly AnnotatedCase[];
  /** Those of earlier nights, of both parts. */
  readonly earlier: readonly AnnotatedCase[];
}

export interface TrainedReader {
  /** Id of the persona whose head it began as, and which it is compared with. */
  readonly from: string;
  readonly own: boolean;
  /** As of `joinValues`. */
  readonly values: Float32Array;
  readonly judgement: Judgement;
}

/** The persona that a reader's head begins as: their own, else the one most like their outlines to learn from. */
function startOf(model: ReleaseModel, { persona, train }: ReaderCases): number {
  const own = model.indexOf(persona);
  if (own >= 0) return own;
  const masks = model.segmentAll(train);
  const means = model.manifest.personas.map(
    (_, r) =>
      train.reduce((sum, { mask }, i) => sum + maskDice(mask, masks[i]?.[r] as Uint8Array), 0) / train.length,
  );
  return means.indexOf(Math.max(...means));
}

/** Pixels that at least half of the masks have. */
function majority(masks: readonly Uint8Array[]): Uint8Array {
  return (masks[0] as Uint8Array).map((_, i) => {
    const votes = masks.reduce((sum, mask) => sum + (mask[i] as number), 0);
    return 2 * votes >= masks.length ? 1 : 0;
  });
}

/** What a reader has on a case: outlines of one persona and of all, and Dice with the one and with their majority. */
interface Served {
  readonly persona: number;
  readonly consensus: number;
}

function servedOn(model: ReleaseModel, index: number, cases: readonly AnnotatedCase[]): Served[] {
  const masks = model.segmentAll(cases);
  return cases.map(({ mask }, i) => {
    const all = masks[i] as Uint8Array[];
    return { persona: maskDice(mask, all[index] as Uint8Array), consensus: maskDice(mask, majority(all)) };
  });
}

/** A model whose persona `index` has the head as a release will store it. */
function withHead(release: Release, index: number, values: Float32Array): ReleaseModel {
  const { architecture, quantization } = release.manifest;
  const weights = new Map(release.weights);
  for (const [name, tensor] of storedHead(architecture, index, values, quantization.kind))
    weights.set(name, tensor);
  return new ReleaseModel(release.manifest, weights);
}

function storedHead(
  architecture: Architecture,
  index: number,
  values: Float32Array,
  kind: Quantization,
): Map<string, PlainTensor> {
  const specs = headSpecs(architecture, index);
  const split = splitValues(values, architecture, index);
  const plain = new Map(
    specs.map(({ name, shape }) => [name, { shape, data: split.get(name) as Float32Array }] as const),
  );
  return quantizedWeights(plain, specs, kind);
}

/**
 * Trains a reader's head and judges it as it will be stored: beside the reader's own persona; for a new reader beside
 * the personas' consensus, which is what they have, and not worse than the persona most like them.
 *
 * @param must whether it must be better to be published
 */
export function trainReader(
  release: Release,
  cases: ReaderCases,
  training: HeadTraining,
  must: boolean,
  gate: Omit<GateOptions, 'seed'>,
): TrainedReader {
  const model = new ReleaseModel(release.manifest, release.weights);
  const index = startOf(model, cases);
  const from = release.manifest.personas[index]?.id as string;
  const own = from === cases.persona;
  const values = joinValues(trainHead(model, index, cases.train, training));
  const trained = withHead(release, index, values);
  const compare = (part: readonly AnnotatedCase[]) => {
    const [was, is] = [servedOn(model, index, part), servedOn(trained, index, part)];
    return (before: keyof Served): PairedDice[] =>
      part.map(({ group }, i) => ({ group, before: was[i]?.[before] ?? 0, after: is[i]?.persona ?? 0 }));
  };
  const [onEarlier, onHeldOut] = [compare(cases.earlier), compare(cases.heldOut)];
  const guards: Guard[] = [
    {
      what: own ? 'on earlier cases' : `on earlier cases than ${from}`,
      pairs: onEarlier('persona'),
    },
    ...(own ? [] : [{ what: `than ${from}`, pairs: onHeldOut('persona') }]),
  ];
  const { minimumPatients, tolerance, resamples } = gate;
  const options = { minimumPatients, tolerance, resamples, seed: training.seed };
  const judgement = judge(onHeldOut(own ? 'persona' : 'consensus'), guards, must, options);
  model.dispose();
  trained.dispose();
  return { from, own, values, judgement };
}
