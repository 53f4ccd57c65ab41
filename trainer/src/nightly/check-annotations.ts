import type { z } from 'zod';
import type { AnnotatedCase } from './annotated-case.ts';
import { maskDice, maskPixels } from './mask-dice.ts';
import type { checkSettingsSchema } from './settings.ts';

export type CheckSettings = z.output<typeof checkSettingsSchema>;

/** A case with what every persona of the served release draws for its image. */
export interface ComparedCase {
  readonly annotated: AnnotatedCase;
  readonly personas: readonly Uint8Array[];
}

/** Why an annotation is set aside; none for one that is taken. */
export type Suspicions = ReadonlyMap<string, string>;

const median = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
};

/** What is known of an outline beside the personas': how much larger than their median, and how like the likest. */
function describe({ annotated, personas }: ComparedCase): { logArea: number; dice: number } {
  const area = maskPixels(annotated.mask);
  const usual = median(personas.map(maskPixels));
  return {
    logArea: Math.log((area + 1) / (usual + 1)),
    dice: Math.max(...personas.map((mask) => maskDice(mask, annotated.mask))),
  };
}

/** Median and robust standard deviation (1.4826 · median absolute deviation), at least `floor`. */
function spread(values: readonly number[], floor: number): { centre: number; deviation: number } {
  const centre = median(values);
  return {
    centre,
    deviation: Math.max(floor, 1.4826 * median(values.map((value) => Math.abs(value - centre)))),
  };
}

/** Styles do not differ by less than this, however even a reader's first outlines were. */
const FLOOR = { logArea: 0.08, dice: 0.03 };

/**
 * Looks for outlines that a person should see before they are learnt from: empty or tiny ones, those that no persona
 * comes near, those unlike the reader's own earlier ones, and all of a reader's night where too many of it are such.
 *
 * @param fresh one reader's new cases
 * @param earlier the same reader's accepted ones
 */
export function findSuspicious(
  fresh: readonly ComparedCase[],
  earlier: readonly ComparedCase[],
  settings: CheckSettings,
): Suspicions {
  const suspicions = new Map<string, string>();
  const known = earlier.length >= settings.earlierCases ? earlier.map(describe) : undefined;
  const logArea =
    known &&
    spread(
      known.map((value) => value.logArea),
      FLOOR.logArea,
    );
  const dice =
    known &&
    spread(
      known.map((value) => value.dice),
      FLOOR.dice,
    );
  for (const compared of fresh) {
    const { id, mask } = compared.annotated;
    const pixels = maskPixels(mask);
    const own = describe(compared);
    if (pixels === 0) suspicions.set(id, 'is empty');
    else if (pixels < settings.minimumPixels) suspicions.set(id, `has ${pixels} pixels only`);
    else if (own.dice < settings.minimumDice) {
      suspicions.set(id, `is unlike every persona (Dice ${own.dice.toFixed(2)} at best)`);
    } else if (logArea && Math.abs(own.logArea - logArea.centre) > settings.deviations * logArea.deviation) {
      const [is, was] = [Math.exp(own.logArea), Math.exp(logArea.centre)].map((factor) => factor.toFixed(2));
      suspicions.set(
        id,
        `is ${is} times as large as personas draw; the reader's earlier ones were ${was} times`,
      );
    } else if (dice && dice.centre - own.dice > settings.deviations * dice.deviation) {
      suspicions.set(
        id,
        `agrees less with every persona (${own.dice.toFixed(2)}) than the reader's earlier ones`,
      );
    }
  }
  if (suspicions.size > settings.mostSuspicious * fresh.length && suspicions.size > 1) {
    for (const { annotated } of fresh) {
      if (suspicions.has(annotated.id)) continue;
      suspicions.set(annotated.id, `came with ${suspicions.size} suspicious ones of ${fresh.length}`);
    }
  }
  return suspicions;
}
