import { createHash } from 'node:crypto';
import type { AnnotatedCase } from '../nightly/annotated-case.ts';
import { maskDice } from '../nightly/mask-dice.ts';
import type { ReleaseModel } from '../nightly/release-model.ts';

/** An image of a hospital with as many outlines as the core's own data has. */
export interface SharedImage {
  /** Of the hospital; a name that tells nothing. */
  readonly patient: string;
  /** [side, side, channels], standardised. */
  readonly image: Float32Array;
  readonly side: number;
  readonly channels: 1 | 3;
  /** side · side of 0 and 1, one for each persona of the core. */
  readonly masks: readonly Uint8Array[];
}

/**
 * Outlines for Stage I, which wants as many for an image as there are personas: what the present personas of the core
 * draw, the most similar of them replaced by each reader's own.
 *
 * @param outlines of readers, for one image
 * @param drawn of the core's personas
 */
export function withOwnOutlines(outlines: readonly Uint8Array[], drawn: readonly Uint8Array[]): Uint8Array[] {
  const masks = [...drawn];
  const free = new Set(masks.keys());
  for (const outline of outlines.slice(0, masks.length)) {
    const nearest = [...free].reduce((best, r) =>
      maskDice(outline, drawn[r] as Uint8Array) > maskDice(outline, drawn[best] as Uint8Array) ? r : best,
    );
    masks[nearest] = outline;
    free.delete(nearest);
  }
  return masks;
}

/**
 * A hospital's cases as images to train a core on.
 *
 * @param images which cases are of one image, by a key
 * @param ranks indices of the core's own personas
 */
export function sharedImages(
  hospital: string,
  model: ReleaseModel,
  ranks: readonly number[],
  images: ReadonlyMap<string, readonly AnnotatedCase[]>,
): SharedImage[] {
  const { size, channels } = model.manifest.input;
  const firsts = [...images.values()].map((cases) => cases[0] as AnnotatedCase);
  const drawn = model.segmentAll(firsts);
  return [...images.values()].map((cases, i) => {
    const { group, image } = firsts[i] as AnnotatedCase;
    const masks = ranks.map((r) => drawn[i]?.[r] as Uint8Array);
    const patient = createHash('sha256').update(`${hospital}/${group}`).digest('hex').slice(0, 16);
    return {
      patient: `shared-${patient}`,
      ...{ image, side: size[0], channels: channels === 3 ? 3 : 1 },
      masks: withOwnOutlines(
        cases.map(({ mask }) => mask),
        masks,
      ),
    };
  });
}
