import type { InspectedEntry } from './inspect-entry.ts';
import { rankByArea, ranksOfSome } from './rank.ts';
import type { PersonaKind, Sample } from './sample.ts';

/** How readers become personas. */
export interface Personas {
  readonly kind: PersonaKind;
  /** Labels of the readers, in order. */
  readonly labels: readonly string[];
  /** An empty mask is a reader who did not outline, not one who says that there is nothing. */
  readonly emptyIsAbsent: boolean;
}

/** Labels of the readers who have an opinion on an image. */
export function presentReaders({ areas }: InspectedEntry, { labels, emptyIsAbsent }: Personas): string[] {
  return labels.filter((label) => (emptyIsAbsent ? (areas.get(label) ?? 0) > 0 : areas.has(label)));
}

/** Puts an image's masks in the order of the personas: by reader, or by rank. At least one reader must be present. */
export function makeSample(inspected: InspectedEntry, patient: string, personas: Personas): Sample {
  const { entry, areas, size, union } = inspected;
  const { kind, labels } = personas;
  const present = presentReaders(inspected, personas);
  const byPersona: (string | undefined)[] = labels.map((label) =>
    present.includes(label) ? label : undefined,
  );
  if (kind === 'rank') {
    byPersona.fill(undefined);
    const order = rankByArea(present.map((label) => areas.get(label) ?? 0));
    const ranks = ranksOfSome(present.length, labels.length);
    order.forEach((reader, i) => {
      byPersona[ranks[i] as number] = present[reader];
    });
  }
  return {
    id: entry.id,
    patient,
    ...size,
    image: entry.image,
    masks: byPersona.map((label) => (label === undefined ? null : (entry.masks.get(label) as string))),
    present: byPersona.map((label) => label !== undefined),
    areas: byPersona.map((label) => (label === undefined ? 0 : (areas.get(label) ?? 0))),
    centroid: { x: union.x, y: union.y },
  };
}
