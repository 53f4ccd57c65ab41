import { z } from 'zod';
import { bootstrapDifference, type Estimate, estimateSchema } from '../evaluation/bootstrap.ts';

/** What becomes of a head. `kept`: the served persona stays, and the cases count on; `refused`: they are held. */
export const decisionSchema = z.enum(['publish', 'kept', 'refused']);

export const judgementSchema = z.strictObject({
  decision: decisionSchema,
  reason: z.string(),
  /** Mean Dice on cases that no head has seen: before (the persona, or the consensus while there is none) and after. */
  before: z.number().nullable(),
  after: z.number().nullable(),
  /** Paired difference after − before over patients, on held-out cases. */
  heldOut: estimateSchema,
  /** What it must not be worse than beyond noise. */
  guards: z.array(z.strictObject({ what: z.string(), difference: estimateSchema })),
});

export type Judgement = z.infer<typeof judgementSchema>;

/** Dice of a case with the old and the new head. */
export interface PairedDice {
  readonly group: string;
  readonly before: number;
  readonly after: number;
}

/** Something that a head must not be worse than. */
export interface Guard {
  /** Such as `on earlier cases`. */
  readonly what: string;
  readonly pairs: readonly PairedDice[];
}

export interface GateOptions {
  /** Patients held out, below which nothing is decided: an interval over fewer is too narrow. */
  readonly minimumPatients: number;
  /**
   * Loss of Dice that is taken for none: two trainings differ by as much. A larger mean loss at a guard is not published,
   * even where the interval reaches over 0.
   */
  readonly tolerance: number;
  readonly seed: number;
  readonly resamples: number;
}

const signed = (value: number | null) =>
  value === null ? '–' : `${value >= 0 ? '+' : ''}${value.toFixed(3)}`;

const told = ({ mean, low, high, patients }: Estimate) =>
  `${signed(mean)} [${signed(low)}, ${signed(high)}] Dice over ${patients} patients`;

/** Worse beyond noise: by more than two trainings differ, and for more than the choice of patients explains. */
const isWorse = ({ mean, high }: Estimate, tolerance: number) =>
  mean !== null && high !== null && high < 0 && mean < -tolerance;

/**
 * The gate before publishing: a head must be better on held-out cases than what the reader has now, beyond what the
 * choice of patients explains, and not worse beyond that wherever a guard stands.
 *
 * @param heldOut cases that were never learnt from
 * @param must whether it must be better; false where it is trained only to forget what was withdrawn
 */
export function judge(
  heldOut: readonly PairedDice[],
  guards: readonly Guard[],
  must: boolean,
  { minimumPatients, tolerance, ...options }: GateOptions,
): Judgement {
  const differenceOf = (pairs: readonly PairedDice[]) =>
    bootstrapDifference(
      pairs.map(({ after }) => after),
      pairs.map(({ before }) => before),
      pairs.map(({ group }) => group),
      options,
    );
  const mean = (values: readonly number[]) =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  const difference = differenceOf(heldOut);
  const figures = {
    before: mean(heldOut.map(({ before }) => before)),
    after: mean(heldOut.map(({ after }) => after)),
    heldOut: difference,
    guards: guards
      .filter(({ pairs }) => pairs.length > 0)
      .map(({ what, pairs }) => ({ what, difference: differenceOf(pairs) })),
  };
  const decided = (decision: Judgement['decision'], reason: string): Judgement => ({
    ...figures,
    decision,
    reason,
  });
  const { low, patients } = difference;
  if (patients < minimumPatients && must) {
    return decided(
      'kept',
      `${patients} held-out patients are too few to tell; ${minimumPatients} are needed`,
    );
  }
  if (isWorse(difference, tolerance)) return decided('refused', `worse: ${told(difference)}`);
  const worse = figures.guards.find((guard) => isWorse(guard.difference, tolerance));
  if (worse !== undefined) return decided('refused', `worse ${worse.what}: ${told(worse.difference)}`);
  const doubtful = figures.guards.find((guard) => (guard.difference.mean ?? 0) < -tolerance);
  if (doubtful !== undefined)
    return decided('kept', `maybe worse ${doubtful.what}: ${told(doubtful.difference)}`);
  if (!must) return decided('publish', `without what was withdrawn, not worse: ${told(difference)}`);
  if (low === null || low <= 0) return decided('kept', `not better beyond noise: ${told(difference)}`);
  return decided('publish', `better: ${told(difference)}`);
}
