import {
  identityProviderSchema,
  newHospitalSchema,
  newKeySchema,
  personaChangeSchema,
  retentionSchema,
  rotationSchema,
} from '@d-persona/shared/contract/administration.ts';
import { annotationPartSchema, caseAnnotationSchema } from '@d-persona/shared/contract/annotations.ts';
import { caseReferenceSchema } from '@d-persona/shared/contract/cases.ts';
import {
  allPersonasOptionsSchema,
  caseOptionsSchema,
  personaOptionsSchema,
} from '@d-persona/shared/contract/options.ts';
import { promotionSchema, trialSchema } from '@d-persona/shared/contract/releases.ts';
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { DOCS_PAGE } from '../docs/page.ts';
import type { AppEnv } from '../services.ts';
import { VERSION } from '../version.ts';

/** What the descriptions of bodies refer to: see {@link imageBody}. */
const BODY_SCHEMAS = {
  CaseReference: caseReferenceSchema,
  CaseOptions: caseOptionsSchema,
  PersonaOptions: personaOptionsSchema,
  AllPersonasOptions: allPersonasOptionsSchema,
  AnnotationPart: annotationPartSchema,
  CaseAnnotation: caseAnnotationSchema,
  NewHospital: newHospitalSchema,
  NewKey: newKeySchema,
  Rotation: rotationSchema,
  PersonaChange: personaChangeSchema,
  Retention: retentionSchema,
  IdentityProvider: identityProviderSchema,
  Promotion: promotionSchema,
  Trial: trialSchema,
};

const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'D-Persona',
    version: VERSION,
    description:
      'Segments medical images as each expert of a hospital would, and tells where experts disagree.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
};

/** The description of the API, made from the routes' own schemas, and a page to read and try it. */
export function descriptionRoutes(app: OpenAPIHono<AppEnv>): void {
  const registry = app.openAPIRegistry;
  registry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description:
      'A key of the hospital with the scope that is named, or an access token of its identity provider',
  });
  for (const [name, schema] of Object.entries(BODY_SCHEMAS)) {
    // Built anew, because only what is built after `@hono/zod-openapi` was loaded can be registered.
    registry.register(name, z.strictObject(schema.shape).meta({ description: schema.description }));
  }
  app.get('/openapi.json', (c) => c.json(app.getOpenAPI31Document(DOCUMENT)));
  app.get('/docs', (c) => c.html(DOCS_PAGE));
}
