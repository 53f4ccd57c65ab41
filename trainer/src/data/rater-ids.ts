import type { Rater } from './sample.ts';

/** `Person 1/Ämira` → `person-1-amira`: what a URL and a release's manifest can hold, at most 63 characters. */
function slug(label: string): string {
  const ascii = label.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return (
    ascii
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 56) || 'reader'
  );
}

/** Personas that are people: ids from their labels, numbered where two would be the same. */
export function personRaters(labels: readonly string[]): Rater[] {
  const taken = new Set<string>();
  return labels.map((title) => {
    const base = slug(title);
    let id = base;
    for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
    taken.add(id);
    return { id, title };
  });
}

/** Personas that are ranks by area. */
export function rankRaters(ranks: number): Rater[] {
  const title = (k: number) => {
    if (k === 0) return 'Smallest outline';
    return k === ranks - 1 ? 'Largest outline' : `Outline ${k + 1} of ${ranks} by area`;
  };
  return Array.from({ length: ranks }, (_, k) => ({ id: `rank-${k + 1}`, title: title(k) }));
}
