import { z } from 'zod';
import { caseIdSchema, personaIdSchema } from './identifiers.ts';
import { queryNumber } from './query-number.ts';
import { maskSchema } from './segmentation.ts';
import { tuple } from './tuple.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const annotationIdSchema = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .meta({ description: 'Of an annotation: the same content under the same idempotency key has the same id' });

const fields = {
  persona: personaIdSchema.meta({ description: 'Whose outline it is; a new id begins a new persona' }),
  title: z.string().min(1).max(200).optional().meta({ description: 'Name of a new persona, for people' }),
  group: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .optional()
    .meta({
      description:
        'Pseudonym that images of one patient share, so that they are never both learnt from and measured on. Only a hash of it is kept',
    }),
};

/** The part `annotation` of a multipart body, beside `image`, and `mask` where the mask is no run lengths. */
export const annotationPartSchema = z.strictObject({ ...fields, mask: maskSchema.optional() }).meta({
  id: 'AnnotationPart',
  description: 'Whose outline it is, and the outline, unless the part "mask" has it',
});

/** A JSON body: an outline for a case that was sent before. */
export const caseAnnotationSchema = z
  .strictObject({ ...fields, case: caseIdSchema, mask: maskSchema })
  .meta({ id: 'CaseAnnotation', description: "A reader's own outline of a case" });

export type AnnotationPart = z.infer<typeof annotationPartSchema>;

export const annotationReceiptSchema = z
  .strictObject({ annotation: annotationIdSchema, received: z.iso.datetime() })
  .meta({ id: 'AnnotationReceipt', description: 'The annotation is kept for the next retraining' });

export type AnnotationReceipt = z.infer<typeof annotationReceiptSchema>;

export const annotationRecordSchema = z
  .strictObject({
    id: annotationIdSchema,
    changed: z.int().min(1).meta({ description: 'Rises with every annotation and every withdrawal' }),
    persona: personaIdSchema,
    title: z.string().nullable(),
    group: sha256.meta({ description: 'Hash that images of one patient share' }),
    size: tuple(z.int().positive(), z.int().positive()).meta({ description: 'Height and width' }),
    image: sha256.meta({ description: 'SHA-256 of the image as it is kept: a PNG of its pixels alone' }),
    mask: sha256.meta({ description: 'SHA-256 of the mask as it is kept: a PNG of 0 and 255' }),
    received: z.iso.datetime(),
    withdrawn: z.boolean(),
  })
  .meta({ id: 'AnnotationRecord', description: 'An annotation without its pixels' });

export type AnnotationRecord = z.infer<typeof annotationRecordSchema>;

export const annotationListSchema = z
  .strictObject({ annotations: z.array(annotationRecordSchema), more: z.boolean() })
  .meta({ id: 'AnnotationList', description: 'Annotations in the order in which they changed' });

export type AnnotationList = z.infer<typeof annotationListSchema>;

/** Query of the list. */
export const annotationListOptionsSchema = z.strictObject({
  after: queryNumber(
    z.int().min(0).max(Number.MAX_SAFE_INTEGER).meta({
      description: 'Only what changed after this number: `changed` of the last one that is known. Default 0',
    }),
  ).optional(),
  limit: queryNumber(z.int().min(1).max(1000).meta({ description: 'Most of them. Default 500' })).optional(),
});
