import { type BootstrapOptions, bootstrapDifference, bootstrapMean, type Estimate } from './bootstrap.ts';
import {
  type Columns,
  diversityOf,
  emptyColumns,
  estimateSet,
  maskOut,
  meanOfKnown,
  rises,
} from './columns.ts';
import { dicePersona } from './metrics/dice-persona.ts';
import { packMasks } from './metrics/packed-masks.ts';
import { onlyPresent } from './metrics/present.ts';
import { type RaterMasks, type SetValues, setMetrics } from './set-metrics.ts';
import { divide } from './strata.ts';
import {
  type Baseline,
  type Comparison,
  type Evaluation,
  evaluationSchema,
  type Method,
  type MethodRow,
  methodSchema,
  type Protocol,
  type Stratum,
} from './table.ts';
import { verdictOf, verdictSentence } from './verdict.ts';
import { VolumeAccumulator } from './volumes.ts';

/** A method's answers to all personas for one image. */
export interface Answers {
  /** R masks of H·W, in the personas' order. */
  readonly masks: readonly Uint8Array[];
  /** Mean of the answers' probabilities, H·W; the mean of the masks if left out. */
  readonly meanProbability?: Float32Array;
}

/** Everything that was predicted for one image, beside what its raters drew. */
export interface ImageResult extends RaterMasks {
  readonly patient: string;
  /** Of a slice: the volume that is measured as a whole. */
  readonly volume?: string | undefined;
  /** N samples of the prior, as masks, and the mean of their probabilities. */
  readonly samples: readonly Uint8Array[];
  readonly sampleMeanProbability: Float32Array;
  /** The personas' answers, and those of each baseline that was run: the same ones for every image. */
  readonly answers: { readonly 'd-persona': Answers } & Readonly<Partial<Record<Baseline, Answers>>>;
}

/** D-Persona's values of one image. */
export interface ImageValues {
  readonly patient: string;
  /** Mean over the raters that are present. */
  readonly dicePersona: number;
  readonly samples: SetValues;
}

/** Gathers per-image metrics, so that images stream by and none is kept; then makes the table of them. */
export class EvaluationAccumulator {
  readonly #personas: readonly string[];
  readonly #patients: string[] = [];
  readonly #raterDiversity: number[] = [];
  readonly #raterAreas: number[][] = [];
  readonly #raterAreasRising: number[] = [];
  readonly #methods = new Map<Method, Columns>();
  readonly #volumes: VolumeAccumulator;
  #withoutRater = 0;

  /** @param personas their ids, in the order of the raters' masks. */
  constructor(personas: readonly string[]) {
    this.#personas = personas;
    this.#volumes = new VolumeAccumulator(personas.length);
  }

  /**
   * Measures one image. An image that no rater outlined has nothing to be measured by: it is counted and left out.
   * @throws Error where the methods are not those of the images before, or a list is not one a persona.
   */
  add(image: ImageResult): void {
    this.addSlice(image);
    const there = onlyPresent(image.raters, image.present);
    if (image.raters.length !== this.#personas.length) {
      throw new Error(`${image.raters.length} raters for ${this.#personas.length} personas`);
    }
    if (there.length === 0) {
      this.#withoutRater += 1;
      return;
    }
    const methods = methodSchema.options.filter((method) => image.answers[method] !== undefined);
    if (this.#patients.length > 0 && methods.join() !== [...this.#methods.keys()].join()) {
      throw new Error(`answers of ${methods.join(', ')}; before: ${[...this.#methods.keys()].join(', ')}`);
    }
    this.#patients.push(image.patient);
    this.#raterDiversity.push(diversityOf(there));
    this.#raterAreas.push(maskOut(packMasks(image.raters).areas, image.present));
    this.#raterAreasRising.push(rises(packMasks(there).areas));
    for (const method of methods) this.#addAnswers(method, image);
  }

  /** Measures a slice as a part of its volume only: one that no rater outlined, say. */
  addSlice({ volume, answers, ...image }: ImageResult): void {
    if (volume === undefined) return;
    const masks = methodSchema.options.flatMap((method): [Method, readonly Uint8Array[]][] => {
      const own = answers[method];
      return own === undefined ? [] : [[method, own.masks]];
    });
    this.#volumes.add({ ...image, volume, answers: new Map(masks) });
  }

  #addAnswers(method: Method, image: ImageResult): void {
    const answers = image.answers[method] as Answers;
    const packed = packMasks(answers.masks);
    const columns = this.#methods.get(method) ?? emptyColumns();
    this.#methods.set(method, columns);
    if (method === 'd-persona')
      columns.samples.push(setMetrics(image.samples, image, image.sampleMeanProbability));
    columns.answers.push(setMetrics(answers.masks, image, answers.meanProbability));
    columns.dicePersona.push(dicePersona(packed, packMasks(image.raters), image.present));
    columns.areas.push(maskOut(packed.areas, image.present));
    columns.areasRising.push(rises(packed.areas));
  }

  /**
   * The table: means with intervals over patients, and the personas against every baseline.
   * @throws Error where no image with a rater was added.
   */
  finish(protocol: Protocol): Evaluation {
    if (this.#patients.length === 0) throw new Error('no image with a rater was evaluated');
    const options = { seed: protocol.seed, resamples: protocol.resamples };
    const estimate = (values: readonly number[]) => bootstrapMean(values, this.#patients, options);
    const estimates = (rows: readonly (readonly number[])[]) =>
      this.#personas.map((_, persona) => estimate(rows.map((row) => row[persona] as number)));
    const rows = [...this.#methods].map(
      ([method, columns]): MethodRow => ({
        method,
        samples: columns.samples.length > 0 ? estimateSet(columns.samples, estimate) : null,
        answers: estimateSet(columns.answers, estimate),
        dicePersona: estimates(columns.dicePersona),
        dicePersonaMean: estimate(columns.dicePersona.map(meanOfKnown)),
        areas: estimates(columns.areas),
        areasRising: estimate(columns.areasRising),
      }),
    );
    return evaluationSchema.parse({
      protocol,
      personas: [...this.#personas],
      images: this.#patients.length,
      patients: new Set(this.#patients).size,
      imagesWithoutRater: this.#withoutRater,
      raters: {
        diversity: estimate(this.#raterDiversity),
        areas: estimates(this.#raterAreas),
        areasRising: estimate(this.#raterAreasRising),
      },
      rows,
      comparisons: this.#comparisons(options),
      strata: this.#strata(estimate),
      volumes: this.#volumes.finish(options),
    } satisfies Evaluation);
  }

  /** D-Persona's own values of each image, for comparing runs image by image. */
  images(): ImageValues[] {
    const ours = this.#methods.get('d-persona') as Columns;
    return this.#patients.map((patient, i) => ({
      patient,
      dicePersona: meanOfKnown(ours.dicePersona[i] as number[]),
      samples: ours.samples[i] as SetValues,
    }));
  }

  #strata(estimate: (values: readonly number[]) => Estimate): Stratum[] {
    const images = this.images();
    const parts = divide(
      this.#raterAreas.map((areas, i) => ({
        area: meanOfKnown(areas),
        raters: areas.filter((area) => !Number.isNaN(area)).length,
        disagreement: this.#raterDiversity[i] as number,
      })),
    );
    return parts.map(({ by, title, has }) => {
      const within = (value: (image: ImageValues) => number) =>
        estimate(images.map((image, i) => (has[i] ? value(image) : Number.NaN)));
      return {
        ...{ by, title },
        dicePersonaMean: within(({ dicePersona: dice }) => dice),
        gedPaper: within(({ samples }) => samples.gedPaper),
      };
    });
  }

  #comparisons(options: BootstrapOptions): Comparison[] {
    const ours = (this.#methods.get('d-persona') as Columns).dicePersona;
    return [...this.#methods].flatMap(([method, { dicePersona: theirs }]) => {
      if (method === 'd-persona') return [];
      const compare = (value: (dice: readonly number[]) => number): Estimate =>
        bootstrapDifference(ours.map(value), theirs.map(value), this.#patients, options);
      const difference = compare(meanOfKnown);
      return {
        baseline: method,
        difference,
        personas: this.#personas.map((_, persona) => compare((dice) => dice[persona] as number)),
        verdict: verdictOf(difference),
        sentence: verdictSentence(method, difference),
      };
    });
  }
}
