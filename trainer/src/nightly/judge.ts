import { z } from 'zod';
import { bootstrapDifference, estimateSchema } from '../evaluation/bootstrap.ts';

/** What becomes of a head. `kept`: the served persona stays, and the cases count on; `refused`: they are held. */
export const decisionSchema = z.enum(['publish', 'kept', 'refused']);

export const judgementSchema = z.strictObject({
  decision: decisionSchema,
  reason: z.string(),
  /** Mean Dice on cases that neither head has seen: before (the persona, or the one most like the reader) and after. */
  before: z.number().nullable(),
  after: z.number().nullable(),
  /** Paired difference after − before over patients: on held-out cases, and on all cases of earlier nights. */
  heldOut: estimateSchema,
  earlier: estimateSchema.nullable(),
});

export type Judgement = z.infer<typeof judgementSchema>;

/** Dice of a case with the old and the new head. */
export interface PairedDice {
  readonly group: string;
  readonly before: number;
  readonly after: number;
}

const shown = (value: number | null) =>
  value === null ? '–' : `${value >= 0 ? '+' : ''}${value.toFixed(3)}`;

/**
 * The gate before publishing: a head must be better than the one that it would replace on held-out cases, beyond what
 * the choice of patients explains, and not worse on earlier cases.
 *
 * @param heldOut cases that were never learnt from
 * @param earlier all cases of earlier nights, learnt from or not
 * @param must whether it must be better; false where it is trained only to forget what was withdrawn
 */
export function judge(
  heldOut: readonly PairedDice[],
  earlier: readonly PairedDice[],
  must: boolean,
  options: { seed: number; resamples: number },
): Judgement {
  const difference = (pairs: readonly PairedDice[]) =>
    bootstrapDifference(
      pairs.map(({ after }) => after),
      pairs.map(({ before }) => before),
      pairs.map(({ group }) => group),
      options,
    );
  const mean = (values: readonly number[]) =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  const [onHeldOut, onEarlier] = [difference(heldOut), earlier.length === 0 ? null : difference(earlier)];
  const figures = {
    before: mean(heldOut.map(({ before }) => before)),
    after: mean(heldOut.map(({ after }) => after)),
    heldOut: onHeldOut,
    earlier: onEarlier,
  };
  const { mean: gain, low, high, patients } = onHeldOut;
  const told = `${shown(gain)} [${shown(low)}, ${shown(high)}] Dice on ${patients} held-out patients`;
  if (high !== null && high < 0) return { ...figures, decision: 'refused', reason: `worse: ${told}` };
  if (onEarlier?.high != null && onEarlier.high < 0) {
    const cases = `${shown(onEarlier.mean)} [${shown(onEarlier.low)}, ${shown(onEarlier.high)}]`;
    return {
      ...figures,
      decision: 'refused',
      reason: `worse on ${onEarlier.images} earlier cases: ${cases} Dice`,
    };
  }
  if (!must)
    return { ...figures, decision: 'publish', reason: `without what was withdrawn, not worse: ${told}` };
  if (low === null) return { ...figures, decision: 'kept', reason: 'too few held-out patients to tell' };
  if (low <= 0) return { ...figures, decision: 'kept', reason: `not better beyond noise: ${told}` };
  return { ...figures, decision: 'publish', reason: `better: ${told}` };
}
