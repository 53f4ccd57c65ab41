import { DEFAULT_THRESHOLD, type PersonaOptions } from '@d-persona/shared/contract/options.ts';
import type { PersonaSegmentation } from '@d-persona/shared/contract/segmentation.ts';
import { personaMaps } from '../case/case-maps.ts';
import type { OpenCase } from '../case/open-case.ts';
import type { Model } from '../engine/model.ts';
import { DICOM } from '../input/media-type.ts';
import { Canvas } from './canvas.ts';
import { DICOM_TYPES, FRACTIONAL, isDicomType } from './dicom-types.ts';
import { negotiate } from './negotiate.ts';
import { picture } from './picture.ts';
import { placementOf } from './placement.ts';
import { provenance, provenanceHeaders } from './provenance.ts';
import { describe } from './segmentation.ts';

export const JSON_TYPE = 'application/json';
export const PNG = 'image/png';

/** A persona of a release: its id and title, and the index of its head. */
export interface PersonaHead {
  readonly id: string;
  readonly title: string;
  readonly index: number;
}

/**
 * What one persona draws, in the representation that the caller accepts.
 *
 * @throws ProblemError 406
 */
export async function personaAnswer(
  persona: PersonaHead,
  open: OpenCase,
  model: Model,
  { threshold = DEFAULT_THRESHOLD, format, region }: PersonaOptions,
  accept: string | undefined,
): Promise<Response> {
  const type = negotiate(accept, offered(open, format));
  const [map] = personaMaps(open, model, [persona.index]) as Iterable<Float32Array>;
  const placement = placementOf(open);
  const headers = provenanceHeaders(open, persona.id);
  if (isDicomType(type) && open.source !== undefined) {
    const { dicomAnswer } = await import('../dicom/dicom-answer.ts');
    const { dicomSegment } = await import('../dicom/dicom-segments.ts');
    const named = { id: `persona/${persona.id}`, title: persona.title, kind: 'persona' } as const;
    const drawing = { placement, threshold, fractional: type === FRACTIONAL };
    const segment = dicomSegment(named, map as Float32Array, drawing);
    const request = { seed: open.seed, threshold, region };
    return binary(await dicomAnswer(type, open.source, [segment], request, model), DICOM, headers);
  }
  const drawn = new Canvas(placement).draw(map as Float32Array, threshold);
  if (type === PNG) return binary(picture(format ?? 'mask', drawn, open.picture()), PNG, headers);
  const segmentation = describe(`persona/${persona.id}`, drawn, placement);
  const answer: PersonaSegmentation = { ...provenance(open), ...segmentation, persona: persona.id };
  return Response.json(answer);
}

function offered({ source }: OpenCase, format: PersonaOptions['format']): string[] {
  if (format !== undefined) return [PNG];
  return [JSON_TYPE, PNG, ...(source === undefined ? [] : DICOM_TYPES)];
}

/** A body that says what it is and what it was made with. */
export function binary(
  body: Uint8Array<ArrayBuffer>,
  type: string,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(body, { headers: { ...headers, 'content-type': type } });
}
