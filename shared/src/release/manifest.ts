import { z } from 'zod';
import { slicePlaneSchema } from '../dicom/geometry/slice-plane.ts';
import { segmentedPropertySchema } from '../dicom/segmented-property.ts';
import { histogramsSchema } from '../drift/histogram.ts';
import { frameSchema } from '../mask/frame.ts';
import { architectureSchema } from '../model/architecture.ts';

/** Raised whenever a reader of the old format would misread the new one. */
export const FORMAT_VERSION = 1;
export const FORMAT = 'd-persona-release';

export const hashSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'SHA-256, 64 hexadecimal digits' });

const count = z.int().min(0);

/** Figures by name, such as `dice_persona_mean`; the names are those of the evaluation table. */
export const metricsSchema = z.record(z.string().regex(/^[a-zA-Z0-9_.-]{1,64}$/), z.number());

export const personaSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  title: z.string().min(1).max(200),
  kind: z
    .enum(['rank', 'person'])
    .meta({ description: 'The k-th mask by area, or the same reader throughout' }),
  metrics: metricsSchema.meta({ description: 'Of this persona on the test patients, by identity' }),
});

const inputSchema = z.strictObject({
  size: z
    .tuple([z.int().min(1).max(4096), z.int().min(1).max(4096)])
    .meta({ description: '[height, width]' }),
  channels: z.int().min(1).max(16),
  frame: frameSchema,
  scaling: z
    .strictObject({ kind: z.literal('standardise') })
    .meta({ description: 'Each image by itself: (x − mean) / max(std, 1e-6) over all pixels and channels' }),
  spacing: z
    .tuple([z.number().positive(), z.number().positive()])
    .nullable()
    .meta({ description: 'Millimetres a pixel, [row, column], or null where it is unknown' }),
  modality: z.string().max(64).nullable().meta({ description: 'DICOM modality, such as CT, or null' }),
  units: z
    .string()
    .min(1)
    .max(16)
    .nullable()
    .optional()
    .meta({ description: 'Of the values, as DICOM names them (PS3.3 C.11.1.1.2), such as HU; null for any' }),
  window: z
    .union([z.strictObject({ center: z.number(), width: z.number().positive() }), z.literal('image')])
    .nullable()
    .optional()
    .meta({ description: 'Values outside are clipped; image: what each image recommends; null for none' }),
  plane: slicePlaneSchema.nullable().optional(),
});

const quantizationSchema = z
  .strictObject({
    kind: z.enum(['int8', 'float16', 'float32']).meta({ description: 'Of the kernels; biases are float32' }),
    diceBefore: z.number().min(0).max(1),
    diceAfter: z.number().min(0).max(1),
    gedBefore: z.number(),
    gedAfter: z.number(),
    maxLoss: z
      .number()
      .min(0)
      .max(1)
      .meta({ description: 'Most that Dice may fall or GED rise; beyond it, publishing is refused' }),
  })
  .meta({ description: 'What storing the weights in fewer bits cost on the test patients' });

const trainingSchema = z.strictObject({
  dataset: z.string().min(1).max(200),
  sourceSha256: hashSchema,
  licence: z.string().min(1).max(200),
  attribution: z.string().max(2000),
  patients: count,
  images: count,
  splitSeed: z.int(),
  preset: z.string().min(1).max(64),
  steps: z.strictObject({ stage1: count, stage2: count }),
  seed: z.int(),
});

const referenceSchema = z
  .strictObject({
    images: count.meta({ description: 'Images that were looked at' }),
    answers: count.meta({ description: 'Of them of unseen patients, on which the personas were asked' }),
    personas: z.array(personaSchema.shape.id).meta({ description: 'Whose answers were compared' }),
    histograms: histogramsSchema,
  })
  .meta({ description: 'What images and answers are like, to tell when those of a hospital are not' });

const partName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}\.bin$/);

/** What a release says of itself to people, stored and hashed like a part of its weights. */
export const MODEL_CARD = 'MODEL_CARD.md';

const weightSchema = z.strictObject({
  name: z.string().min(1).max(200),
  shape: z.array(z.int().min(1)).max(6),
  dtype: z.enum(['int8', 'float16', 'float32']),
  part: partName,
  offset: count.multipleOf(4).meta({ description: 'First byte within the part' }),
  length: count.meta({
    description: 'Bytes; of int8, the scales (float32, one an output channel) come first',
  }),
});

/** `manifest.json`: all that is to be known of a release before its weights are read. */
export const manifestSchema = z
  .strictObject({
    format: z.literal(FORMAT),
    version: z.literal(FORMAT_VERSION),
    software: z.strictObject({ name: z.string().min(1).max(100), version: z.string().min(1).max(100) }),
    architecture: architectureSchema,
    input: inputSchema,
    segments: segmentedPropertySchema
      .meta({ description: 'What is outlined, in SNOMED CT; a lesion, where a release does not say' })
      .optional(),
    personas: z.array(personaSchema).min(2).max(64),
    metrics: metricsSchema.meta({ description: 'Of the whole model on the test patients' }),
    quantization: quantizationSchema,
    training: trainingSchema,
    reference: referenceSchema.optional(),
    provenance: z.strictObject({
      created: z.iso.datetime(),
      commit: z
        .string()
        .regex(/^[0-9a-f]{7,64}$/)
        .nullable(),
    }),
    parts: z.record(
      z.union([partName, z.literal(MODEL_CARD)]),
      z.strictObject({ sha256: hashSchema, bytes: count }),
    ),
    weights: z.array(weightSchema).min(1),
  })
  .refine((m) => m.input.channels === m.architecture.channels, {
    path: ['input', 'channels'],
    error: 'differs from the architecture',
  })
  .refine((m) => m.personas.length === m.architecture.personas, {
    path: ['personas'],
    error: 'are not as many as the architecture has',
  })
  .refine((m) => new Set(m.personas.map(({ id }) => id)).size === m.personas.length, {
    path: ['personas'],
    error: 'have the same id twice',
  });

export type Manifest = z.infer<typeof manifestSchema>;
export type StoredWeight = Manifest['weights'][number];
export type Persona = z.infer<typeof personaSchema>;

/** What a publisher tells of a release; the rest of the manifest follows from the weights. */
export type ReleaseDescription = Omit<Manifest, 'format' | 'version' | 'parts' | 'weights'>;
