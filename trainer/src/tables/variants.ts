import type { RunConfig } from '../run/config.ts';

/** Networks that a row can be of: ours, and the peers that it must be measured against. */
export type Training =
  /** Both stages. */
  | 'd-persona'
  /** Stage I, then heads whose prompt is μ + σ·3·tanh(q/3): no bank. */
  | 'closed-form'
  /** Stage I, then one free vector for each rater, the same for every image: μ + σ·c. */
  | 'codes'
  /** The closed form, and the decoder's last two layers trained for each rater. */
  | 'last-layers'
  /** The closed form, and a small network on the features for each rater, added to the logits. */
  | 'residual'
  /** One U-Net on the raters' mean mask. */
  | 'consensus'
  /** One U-Net for each rater. */
  | 'rater-unets'
  /** One U-Net with one output channel for each rater. */
  | 'channels';

/** Settings that differ, as a user would write them in a config file. */
export interface Changes {
  readonly stage1?: Partial<RunConfig['stage1']>;
  readonly stage2?: Partial<RunConfig['stage2']>;
  readonly architecture?: Partial<Omit<RunConfig['architecture'], 'head'>> & {
    readonly head?: Partial<RunConfig['architecture']['head']>;
  };
}

/** A row of a table: what is trained, what is changed, and how it is asked. */
export interface Variant {
  /** Its folder. */
  readonly name: string;
  readonly title: string;
  readonly training: Training;
  /** `paper`: all settings as printed, but for steps, batch and widths, which are the table's. */
  readonly preset?: 'paper';
  readonly changes?: Changes;
  /** The variant whose run this row asks in another way: nothing is trained. */
  readonly run?: string;
  /** The variant whose Stage I this one starts from: it has the same settings of Stage I. */
  readonly stage1?: string;
  readonly ask?: {
    readonly samples?: number;
    readonly bank?: number;
    /**
     * Answer every persona with the prior's mean, or the consensus map at a threshold tuned for each on the validation
     * patients; or on those of training too, which few validation images make the harder rival.
     */
    readonly answer?: 'prior-mean' | 'thresholds' | 'thresholds-of-all';
  };
}

const beta = (value: number): Variant => ({
  name: `beta-${value}`,
  title: `β = ${value}`,
  training: 'd-persona',
  changes: { stage1: { beta: value } },
});

const bank = (size: number): Variant => ({
  name: `bank-${size}`,
  title: `bank M = ${size}`,
  training: 'd-persona',
  stage1: 'd-persona',
  changes: { stage2: { bank: size } },
  ask: { bank: size },
});

const samples = (n: number): Variant => ({
  name: `samples-${n}`,
  title: `N = ${n}`,
  training: 'd-persona',
  run: 'd-persona',
  ask: { samples: n },
});

const latent = (size: number): Variant => ({
  name: `latent-${size}`,
  title: `latent size ${size}`,
  training: 'd-persona',
  changes: { architecture: { latent: size } },
});

const freeBits: Variant = {
  name: 'free-bits',
  title: 'free bits, 0.1 nats a dimension',
  training: 'd-persona',
  changes: { stage1: { freeBits: 0.1 } },
};
const average: Variant = {
  name: 'average',
  title: 'weights of Stage I averaged, decay 0.98',
  training: 'd-persona',
  changes: { stage1: { average: 0.98 } },
};
const own: Variant = { name: 'd-persona', title: 'D-Persona', training: 'd-persona' };
const probabilistic: Variant = {
  name: 'probabilistic-unet',
  title: 'Probabilistic U-Net (no bound loss)',
  training: 'd-persona',
  changes: { stage1: { beta: 0 } },
};
const paper: Variant = {
  name: 'paper',
  title: 'preset paper, equal steps',
  training: 'd-persona',
  preset: 'paper',
};
const target: Variant = {
  name: 'posterior-target',
  title: 'posterior sees the target only',
  training: 'd-persona',
  changes: { architecture: { posterior: 'target' } },
};
const closedForm: Variant = {
  name: 'closed-form',
  title: 'prompt by closed form, no bank',
  training: 'closed-form',
  stage1: 'd-persona',
};
const codes: Variant = {
  name: 'codes',
  title: 'a free code for each rater',
  training: 'codes',
  stage1: 'd-persona',
};
const lastLayers: Variant = {
  name: 'last-layers',
  title: 'closed form, and last decoder layers of its own',
  training: 'last-layers',
  stage1: 'd-persona',
};
const residual: Variant = {
  name: 'residual',
  title: 'closed form, and a small network of its own',
  training: 'residual',
  stage1: 'd-persona',
};
const consensus: Variant = { name: 'consensus', title: 'consensus U-Net', training: 'consensus' };
const thresholds: Variant = {
  name: 'thresholds',
  title: 'consensus U-Net, a threshold tuned for each',
  training: 'consensus',
  run: 'consensus',
  ask: { answer: 'thresholds' },
};
const thresholdsOfAll: Variant = {
  name: 'thresholds-of-all',
  title: 'the same, tuned on training and validation',
  training: 'consensus',
  run: 'consensus',
  ask: { answer: 'thresholds-of-all' },
};
const priorMean: Variant = {
  name: 'prior-mean',
  title: "D-Persona, prior's mean for all",
  training: 'd-persona',
  run: 'd-persona',
  ask: { answer: 'prior-mean' },
};
const raterUnets: Variant = {
  name: 'rater-unets',
  title: 'one U-Net for each rater',
  training: 'rater-unets',
};
const channels: Variant = {
  name: 'channels',
  title: 'one U-Net, a channel for each rater',
  training: 'channels',
};

/** The rows of each table; all others are compared with the first. */
export const tables = {
  diversity: [
    own,
    probabilistic,
    raterUnets,
    channels,
    samples(10),
    samples(30),
    samples(50),
    beta(0.25),
    beta(0.5),
    beta(1),
    target,
    paper,
  ],
  personal: [
    own,
    consensus,
    thresholds,
    thresholdsOfAll,
    raterUnets,
    channels,
    priorMean,
    {
      name: 'probabilistic-unet-mean',
      title: "Probabilistic U-Net, prior's mean for all",
      training: 'd-persona',
      run: 'probabilistic-unet',
      ask: { answer: 'prior-mean' },
    },
    closedForm,
    codes,
  ],
  style: [
    own,
    consensus,
    thresholds,
    thresholdsOfAll,
    priorMean,
    closedForm,
    lastLayers,
    residual,
    latent(12),
  ],
  ablation: [
    own,
    probabilistic,
    beta(0.25),
    beta(0.5),
    beta(1),
    target,
    bank(10),
    bank(50),
    bank(100),
    bank(500),
    latent(2),
    latent(12),
    freeBits,
    average,
    {
      name: 'padding-3',
      title: 'head padding 3',
      training: 'd-persona',
      stage1: 'd-persona',
      changes: { architecture: { head: { padding: 3 } } },
    },
    {
      name: 'query-weight-0',
      title: 'query weight 0',
      training: 'd-persona',
      stage1: 'd-persona',
      changes: { stage2: { queryWeight: 0 } },
    },
    closedForm,
    codes,
    paper,
  ],
} as const satisfies Record<string, readonly Variant[]>;

export type TableName = keyof typeof tables;

/** Every variant by its name. */
export const variants: ReadonlyMap<string, Variant> = new Map(
  Object.values(tables)
    .flat()
    .map((variant: Variant) => [variant.name, variant]),
);

/** The variant whose run a row asks. */
export function runOf(variant: Variant): Variant {
  return variant.run === undefined ? variant : named(variant.run);
}

/** @throws Error for a name that the list does not have (a bug of the list) */
export function named(name: string): Variant {
  const variant = variants.get(name);
  if (variant === undefined) throw new Error(`no variant is named ${name}`);
  return variant;
}
