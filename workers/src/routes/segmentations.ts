import { hospitalParameterSchema } from '@d-persona/shared/contract/identifiers.ts';
import {
  type AllPersonasOptions,
  allPersonasOptionsSchema,
  DEFAULT_THRESHOLD,
} from '@d-persona/shared/contract/options.ts';
import { type AllPersonas, allPersonasSchema } from '@d-persona/shared/contract/segmentation.ts';
import type { SourceImage } from '@d-persona/shared/dicom/source-image.ts';
import { Votes } from '@d-persona/shared/drift/votes.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { describeAll, type Maps } from '../answer/describe-all.ts';
import { DICOM_TYPES, type DicomMediaType, FRACTIONAL, isDicomType } from '../answer/dicom-types.ts';
import { negotiate } from '../answer/negotiate.ts';
import { binary, JSON_TYPE } from '../answer/persona-answer.ts';
import { placementOf } from '../answer/placement.ts';
import { provenance, provenanceHeaders } from '../answer/provenance.ts';
import { personaMaps, sampleMaps } from '../case/case-maps.ts';
import type { OpenCase } from '../case/open-case.ts';
import { fractionalBytes, PICTURE_BYTES } from '../case/work-bytes.ts';
import { counted } from '../drift/counted.ts';
import type { Model } from '../engine/model.ts';
import { DICOM } from '../input/media-type.ts';
import { authorise } from '../middleware/authorise.ts';
import type { AppEnv, Services } from '../services.ts';
import { type ActivePersona, activePersonas } from '../tenant/active-personas.ts';
import { SEGMENTATION_PROBLEMS, securityFor } from './answers.ts';
import { DICOM_SCHEMA } from './dicom-body.ts';
import { imageBody } from './request-body.ts';
import { withCase } from './with-case.ts';
import { withModel } from './with-model.ts';

/** The all-personas endpoint. */
export function segmentationsRoute(app: OpenAPIHono<AppEnv>, services: Services): void {
  const { tenants } = services;
  const route = createRoute({
    method: 'post',
    path: '/v1/hospitals/{hospital}/segmentations',
    operationId: 'segment',
    summary: 'What all personas draw, diversified samples, their consensus, and where they disagree',
    security: securityFor('segment'),
    middleware: [authorise(tenants, 'segment')] as const,
    request: {
      params: z.strictObject({ hospital: hospitalParameterSchema }),
      query: allPersonasOptionsSchema,
      body: imageBody('AllPersonasOptions', true),
    },
    responses: {
      200: {
        description: 'Segmentations, consensus and disagreement',
        content: { [JSON_TYPE]: { schema: allPersonasSchema }, [DICOM]: { schema: DICOM_SCHEMA } },
      },
      ...SEGMENTATION_PROBLEMS,
    },
  });
  app.openapi(route, async (c) => {
    const accept = c.req.header('accept');
    negotiate(accept, [JSON_TYPE, ...DICOM_TYPES]); // before anything is read
    const query = c.req.valid('query');
    return withModel(c, services, (model) => {
      const body = { allowCase: true, perPixel: PICTURE_BYTES, options: allPersonasOptionsSchema };
      return withCase(c, services, model, query, body, async (open, options, work) => {
        const personas = activePersonas(model.manifest, c.var.tenant);
        const votes = new Votes();
        const type = negotiate(accept, open.source === undefined ? [JSON_TYPE] : [JSON_TYPE, ...DICOM_TYPES]);
        if (isDicomType(type) && open.source !== undefined) {
          const maps = personas.length + (options.samples ?? 0) + 1;
          if (type === FRACTIONAL) work.take(fractionalBytes(open.size, maps), 'A fractional segmentation');
          const object = await segmentAllAsDicom(type, open, open.source, model, personas, options, votes);
          c.set('observed', votes.observed());
          return binary(object, DICOM, provenanceHeaders(open));
        }
        const answer = segmentAll(open, model, personas, options, votes);
        c.set('observed', votes.observed());
        return c.json(answer, 200);
      });
    });
  });
}

function mapsOf(
  open: OpenCase,
  model: Model,
  personas: readonly ActivePersona[],
  { samples }: AllPersonasOptions,
  votes: Votes,
): Maps {
  const ids = personas.map(({ id }) => id);
  const indices = personas.map(({ index }) => index);
  return {
    personas: ids,
    personaMaps: counted(personaMaps(open, model, indices), ids, model.manifest, votes),
    sampleMaps: sampleMaps(open, model, samples ?? 0),
  };
}

function segmentAll(
  open: OpenCase,
  model: Model,
  personas: readonly ActivePersona[],
  options: AllPersonasOptions,
  votes: Votes,
): AllPersonas {
  const maps = mapsOf(open, model, personas, options, votes);
  const threshold = options.threshold ?? DEFAULT_THRESHOLD;
  return { ...provenance(open), ...describeAll(maps, placementOf(open), threshold) };
}

/** The same as an object of the kind that was asked for; its code is loaded when the first one is. */
async function segmentAllAsDicom(
  type: DicomMediaType,
  open: OpenCase,
  source: SourceImage,
  model: Model,
  personas: readonly ActivePersona[],
  { threshold = DEFAULT_THRESHOLD, samples, region, ...rest }: AllPersonasOptions,
  votes: Votes,
): Promise<Uint8Array<ArrayBuffer>> {
  const { dicomAnswer } = await import('../dicom/dicom-answer.ts');
  const { dicomSegments } = await import('../dicom/dicom-segments.ts');
  const maps = mapsOf(open, model, personas, { ...rest, samples }, votes);
  const titles = personas.map(({ title }) => title);
  const drawing = { placement: placementOf(open), threshold, fractional: type === FRACTIONAL };
  const segments = dicomSegments(maps, titles, drawing);
  return dicomAnswer(type, source, segments, { seed: open.seed, threshold, samples, region }, model);
}
