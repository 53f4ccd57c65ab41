import type { Manifest, Persona } from '@d-persona/shared/release/manifest.ts';
import type { Tenant } from './tenant.ts';

/** A persona as the hospital knows it, and its place in the release. */
export interface ActivePersona extends Persona {
  readonly index: number;
}

/** The personas of a release that the hospital has not retired, under the titles it gave them. */
export function activePersonas(
  { personas }: Pick<Manifest, 'personas'>,
  tenant: Pick<Tenant, 'personas'>,
): ActivePersona[] {
  return personas.flatMap((persona, index) => {
    const change = tenant.personas.get(persona.id);
    if (change?.retired === true) return [];
    return [{ ...persona, title: change?.title ?? persona.title, index }];
  });
}
