import type { Evaluation } from '../evaluation/table.ts';

/** Fewer patients than this make a percentile bootstrap interval rather too narrow. */
const FEW_PATIENTS = 20;

/** What must be said beside every evaluation, as far as it applies to this one. */
export function standingNotes(evaluation: Evaluation): string[] {
  const { protocol, patients, rows } = evaluation;
  const samples = rows.find(({ method }) => method === 'd-persona')?.samples;
  return [
    ...(protocol.personaKind === 'rank'
      ? [
          'These raters are anonymous and change from case to case: persona k is the k-th outline by area. Such a rank is nearly a dial for size, so that the consensus U-Net with one tuned threshold a persona is the rival that counts.',
        ]
      : []),
    ...(samples
      ? [
          `GED falls as the number of predictions grows: here N = ${samples.n}. It can be compared with published figures only for the same N, estimator, data and split.`,
        ]
      : []),
    'Dice_match pairs predictions and raters after the fact; it does not measure whether a persona draws like its own rater. Dice by identity does.',
    ...(patients < FEW_PATIENTS
      ? [
          `With ${patients} test patients the intervals are rather too narrow, and another split may turn the verdicts.`,
        ]
      : []),
    'For research. These outlines are not made for diagnosis or treatment.',
  ];
}
