import { DEFAULT_THRESHOLD, type PersonaOptions } from '@d-persona/shared/contract/options.ts';
import type { PersonaSegmentation } from '@d-persona/shared/contract/segmentation.ts';
import { personaMaps } from '../case/case-maps.ts';
import type { OpenCase } from '../case/open-case.ts';
import type { Model } from '../engine/model.ts';
import { negotiate } from './negotiate.ts';
import { picture } from './picture.ts';
import { placementOf } from './placement.ts';
import { provenance, provenanceHeaders } from './provenance.ts';
import { describe, draw } from './segmentation.ts';

export const JSON_TYPE = 'application/json';
export const PNG = 'image/png';

/** A persona of a release: its id and the index of its head. */
export interface PersonaHead {
  readonly id: string;
  readonly index: number;
}

/**
 * What one persona draws, in the representation that the caller accepts.
 *
 * @throws ProblemError 406
 */
export function personaAnswer(
  persona: PersonaHead,
  open: OpenCase,
  model: Model,
  { threshold, format }: PersonaOptions,
  accept: string | undefined,
): Response {
  const type = negotiate(accept, format === undefined ? [JSON_TYPE, PNG] : [PNG]);
  const [map] = personaMaps(open, model, [persona.index]);
  const drawn = draw(map as Float32Array, placementOf(open), threshold ?? DEFAULT_THRESHOLD);
  if (type === PNG) {
    const headers = { 'content-type': PNG, ...provenanceHeaders(open, persona.id) };
    return new Response(picture(format ?? 'mask', drawn, open.image), { headers });
  }
  const segmentation = describe(`persona/${persona.id}`, drawn);
  const answer: PersonaSegmentation = { ...provenance(open), ...segmentation, persona: persona.id };
  return Response.json(answer);
}
