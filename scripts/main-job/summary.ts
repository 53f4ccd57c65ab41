import { z } from 'zod';

const share = z.number().min(0).max(1);

/** The figures of one dataset, from training to serving. */
export const studyFiguresSchema = z.strictObject({
  stage1: z.strictObject({
    steps: z.int().positive(),
    /** KL(q‖p) in the last steps of training; a small one alone is no diagnosis of a collapse. */
    kl: z.number(),
    /** Mean pairwise 1 − IoU of the samples on the test patients, and of the raters there. */
    diversity: share,
    raters_diversity: share,
  }),
  metrics: z.strictObject({
    /** Samples N that GED, Dice_soft and Dice_max depend on. */
    samples: z.int().positive(),
    ged: z.number(),
    ged_unbiased: z.number(),
    dice_soft: share,
    /** Mean over raters of their best sample, and over samples of their best rater. */
    dice_max: share,
    dice_max_of_samples: share,
    /** Optimal one-to-one matching of personas and raters. */
    dice_match: share,
    dice_persona: z.array(share),
    dice_persona_mean: share,
    dice_consensus_mean: share,
    dice_threshold_mean: share,
    dice_prior_mean: share,
    dice_random_sample_mean: share,
  }),
  /** What the personas' Dice says against each baseline, with the 95 % interval over patients. */
  verdicts: z.array(z.string()),
  areas: z.strictObject({ personas: z.array(z.number()), raters: z.array(z.number()) }),
  release: z.strictObject({
    hash: z.string(),
    bytes: z.int().positive(),
    dice_loss: z.number(),
    ged_loss: z.number(),
  }),
  serve: z.strictObject({
    /** Medians of wall time as a client on this machine saw them. */
    case_ms: z.number(),
    persona_ms: z.number(),
    samples50_ms: z.number(),
    /** Share of pixels in which the Worker's masks differ from the trainer's with the same release. */
    differing_pixels: share,
  }),
});

export type StudyFigures = z.infer<typeof studyFiguresSchema>;

/** `artifacts/summary.json`: the figures of the main job on the first dataset, and those of the others by name. */
export const summarySchema = z.strictObject({
  minutes: z.number().positive(),
  /** Highest resident memory of the process that trains, and of workerd beside it, MiB. */
  peak_mb: z.number().positive(),
  backend: z.string(),
  ...studyFiguresSchema.shape,
  others: z.record(z.string(), studyFiguresSchema),
});

export type Summary = z.infer<typeof summarySchema>;
