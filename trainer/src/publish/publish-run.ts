import { InputError } from '@d-persona/shared/errors.ts';
import { foldWeights } from '@d-persona/shared/model/fold-weights.ts';
import { servingSpecs, weightSpecs } from '@d-persona/shared/model/weights.ts';
import {
  type EncodedRelease,
  encodeRelease,
  type PlainWeights,
} from '@d-persona/shared/release/encode-release.ts';
import type { Persona, ReleaseDescription } from '@d-persona/shared/release/manifest.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import type { Quantization } from '@d-persona/shared/release/quantize.ts';
import { publishRelease } from '@d-persona/shared/release/store.ts';
import type { Estimate } from '../evaluation/bootstrap.ts';
import type { Evaluation, MethodRow } from '../evaluation/table.ts';
import type { WeightValues } from '../model/model-variables.ts';
import { openWholeData } from '../run/open-run-data.ts';
import type { RunData } from '../run/run-data.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { runArchitecture } from '../run/run-training.ts';
import { measureQuantization, measureStored } from './measure-quantization.ts';
import { modelCard } from './model-card.ts';
import { referenceStatistics } from './reference-statistics.ts';
import { projectCommit, SOFTWARE } from './software.ts';

/** How a run becomes a release. */
export interface PublishOptions {
  /** How kernels are stored. */
  readonly kind: Quantization;
  /** Most that Dice may fall, or GED rise, by quantization. */
  readonly maxLoss: number;
  /** How the model is asked when that is measured. */
  readonly samples: number;
  readonly bank: number;
  /** Moment of publishing. */
  readonly now: Date;
  /** Evaluation on images that some raters left out too, for the card. */
  readonly anyRaters?: Evaluation;
  /** Images that are shipped beside the release; its Dice on them goes into manifest and card. */
  readonly examples?: string;
}

/** D-Persona's own row of a table. */
function ownRow({ rows }: Evaluation): MethodRow {
  return rows.find(({ method }) => method === 'd-persona') as MethodRow;
}

/** The figures that are known, by name. */
function known(estimates: Readonly<Record<string, Estimate | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(estimates).flatMap(([name, estimate]) =>
      estimate === undefined || estimate.mean === null ? [] : [[name, estimate.mean]],
    ),
  );
}

/** The figures of the table that a release carries, by name. */
function releaseMetrics(evaluation: Evaluation): Record<string, number> {
  const { samples, dicePersonaMean, answers } = ownRow(evaluation);
  return {
    ...known({
      dice_persona_mean: dicePersonaMean,
      dice_match: answers.diceMatch,
      ged: samples?.gedPaper,
      ged_unbiased: samples?.gedUnbiased,
      diversity: samples?.diversity,
      dice_soft: samples?.diceSoft,
    }),
    ...(samples && { samples: samples.n }),
  };
}

function personas({ dataset }: RunData, evaluation: Evaluation): Persona[] {
  const { dicePersona, areas } = ownRow(evaluation);
  return dataset.raters.map(({ id, title }, r) => ({
    id,
    title,
    kind: dataset.kind,
    metrics: known({ dice_persona: dicePersona[r], area: areas[r] }),
  }));
}

/** Weights by name with their shapes, BatchNorm folded into the convolutions. */
function plainWeights(values: WeightValues, architecture: Parameters<typeof weightSpecs>[0]): PlainWeights {
  const weights = new Map(
    weightSpecs(architecture).map(({ name, shape }) => [
      name,
      { shape, data: values.get(name) as Float32Array },
    ]),
  );
  return foldWeights(weights, architecture);
}

/**
 * Publishes a finished and evaluated run: quantizes, measures what that cost, refuses where it is too much, writes
 * the release into the store. It does not promote it.
 *
 * @throws InputError `unfinished-run`, `not-evaluated`, or `release-refused` with both figures
 */
export async function publishRun(
  folder: RunFolder,
  data: RunData,
  store: ObjectStore,
  { kind, maxLoss, samples, bank, now, anyRaters, examples }: PublishOptions,
): Promise<EncodedRelease> {
  const config = await folder.config();
  const architecture = runArchitecture(config, data);
  const weights = plainWeights(await folder.finished('stage2', config.stage2.steps), architecture);
  const evaluation = await folder.evaluation();
  const options = { samples, bank, seed: config.seed };
  const cost = await measureQuantization(weights, architecture, kind, data, options);
  const loss = Math.max(cost.diceBefore - cost.diceAfter, cost.gedAfter - cost.gedBefore);
  if (loss > maxLoss) {
    const figures = `Dice ${cost.diceBefore.toFixed(4)} → ${cost.diceAfter.toFixed(4)}, GED ${cost.gedBefore.toFixed(4)} → ${cost.gedAfter.toFixed(4)}`;
    throw new InputError({
      code: 'release-refused',
      input: `quantization to ${kind}`,
      problem: `costs more than ${maxLoss} (${figures})`,
      remedy: 'Publish with --weights float16, or allow more with --max-loss',
    });
  }
  const { dataset, split } = data;
  const onExamples =
    examples === undefined
      ? undefined
      : await measureStored(
          weights,
          architecture,
          kind,
          (await openWholeData(examples, config.size)).whole(),
          { ...options, seed: 0 },
        );
  const description: ReleaseDescription = {
    software: SOFTWARE,
    architecture,
    input: {
      size: [config.size, config.size],
      channels: architecture.channels,
      frame: dataset.frame === 'whole' ? 'whole' : 'crop',
      scaling: { kind: 'standardise' },
      // A whole image is resampled, each by its own factor: its pixels then have no one size.
      spacing: dataset.spacing === null || dataset.frame === 'whole' ? null : [...dataset.spacing],
      modality: dataset.modality,
      ...(dataset.units !== null && { units: dataset.units, window: dataset.window }),
    },
    personas: personas(data, evaluation),
    metrics: {
      ...releaseMetrics(evaluation),
      ...(onExamples && { dice_persona_examples: onExamples.dice, examples: onExamples.images }),
    },
    quantization: { ...cost, maxLoss },
    training: {
      dataset: dataset.name,
      sourceSha256: dataset.sourceSha256,
      licence: dataset.licence,
      attribution: dataset.attribution,
      patients: new Set(split.train.map(({ patient }) => patient)).size,
      images: split.train.length,
      splitSeed: config.seed,
      preset: config.preset,
      steps: { stage1: config.stage1.steps, stage2: config.stage2.steps },
      seed: config.seed,
    },
    reference: await referenceStatistics(weights, architecture, kind, data, options),
    provenance: { created: now.toISOString(), commit: await projectCommit() },
  };
  const release = await encodeRelease(
    weights,
    servingSpecs(architecture),
    description,
    modelCard(description, evaluation, {
      ...{ anyRaters, examples: onExamples },
      complete: split.train.every(({ present }) => present.every((there) => there)),
    }),
  );
  await publishRelease(store, release);
  return release;
}
