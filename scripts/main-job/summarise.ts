import type { Estimate } from '@d-persona/trainer/evaluation/bootstrap.ts';
import type { Method, MethodRow } from '@d-persona/trainer/evaluation/table.ts';
import type { StudyAnswers } from './ask-study.ts';
import type { Study } from './run-study.ts';
import type { StudyFigures } from './summary.ts';

/** Middle of the sorted values. @throws Error where there is none */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('No values to take the median of');
  return middle;
}

/** @throws Error where an estimate has no value: a summary leaves nothing out silently */
function meanOf({ mean }: Estimate): number {
  if (mean === null) throw new Error('A figure of the evaluation cannot be told');
  return mean;
}

function rowOf({ evaluation }: Study, method: Method): MethodRow {
  const row = evaluation.rows.find((candidate) => candidate.method === method);
  if (row === undefined) throw new Error(`The evaluation has no row ${method}`);
  return row;
}

/** KL(q‖p) in the last records of Stage I. */
function lastKl({ curves }: Study): number {
  const records = curves.filter(({ stage, kind }) => stage === 'stage1' && kind === 'train').slice(-5);
  return records.reduce((sum, { values }) => sum + (values.kl ?? 0), 0) / records.length;
}

/** The figures of one study, as `summary.json` has them. */
export function summariseStudy(study: Study, { timings }: StudyAnswers, differing: number): StudyFigures {
  const { evaluation, release, config } = study;
  const ours = rowOf(study, 'd-persona');
  const { samples, answers } = ours;
  if (samples === null) throw new Error('D-Persona was evaluated without samples');
  const { quantization, parts } = release.manifest;
  const identity = (method: Method) => meanOf(rowOf(study, method).dicePersonaMean);
  return {
    stage1: {
      steps: config.stage1.steps,
      kl: lastKl(study),
      diversity: meanOf(samples.diversity),
      raters_diversity: meanOf(evaluation.raters.diversity),
    },
    metrics: {
      samples: samples.n,
      ged: meanOf(samples.gedPaper),
      ged_unbiased: meanOf(samples.gedUnbiased),
      dice_soft: meanOf(samples.diceSoft),
      dice_max: meanOf(samples.diceMaxOfRaters),
      dice_max_of_samples: meanOf(samples.diceMaxOfPredictions),
      dice_match: meanOf(answers.diceMatch),
      dice_persona: ours.dicePersona.map(meanOf),
      dice_persona_mean: meanOf(ours.dicePersonaMean),
      dice_consensus_mean: identity('consensus-unet'),
      dice_threshold_mean: identity('consensus-unet-thresholds'),
      dice_prior_mean: identity('prior-mean'),
      dice_random_sample_mean: identity('random-prior-sample'),
    },
    verdicts: evaluation.comparisons.map(({ sentence }) => sentence),
    areas: { personas: ours.areas.map(meanOf), raters: evaluation.raters.areas.map(meanOf) },
    release: {
      hash: release.hash,
      bytes: Object.values(parts).reduce((sum, { bytes }) => sum + bytes, 0),
      dice_loss: quantization.diceBefore - quantization.diceAfter,
      ged_loss: quantization.gedAfter - quantization.gedBefore,
    },
    serve: {
      case_ms: median(timings.case),
      persona_ms: median(timings.persona),
      samples50_ms: median(timings.samples50),
      differing_pixels: differing,
    },
  };
}
