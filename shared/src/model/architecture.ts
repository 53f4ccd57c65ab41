import { z } from 'zod';
import { RESNET34, type ResidualSizes, residualSizesSchema } from './residual-sizes.ts';

/**
 * What the networks look like: shared by training and serving, stored in `config.json` of a run and in the
 * manifest of a release. Widths are configuration: the paper's size is `[16, 32, 64, 128, 256]`, a small model
 * `[8, 16, 32, 64]`; the code is the same.
 */
export const architectureSchema = z.strictObject({
  backbone: z.enum(['unet', 'resnet34']).meta({
    description: "The feature extractor: a small U-Net, or the paper's with a ResNet-34 as encoder",
  }),
  channels: z.int().min(1).max(16).meta({ description: 'Image channels C' }),
  personas: z.int().min(2).max(64).meta({ description: 'Number of raters R, and so of projection heads' }),
  latent: z.int().min(1).max(64).meta({ description: 'Latent size D' }),
  widths: z.array(z.int().min(1).max(1024)).min(2).max(8).meta({
    description:
      "Channels of each level of prior, posterior and U-Net, finest first; of a U-Net's, the first is the feature size F",
  }),
  resnet: residualSizesSchema
    .optional()
    .meta({ description: "Sizes of the backbone resnet34; absent: the paper's" }),
  posterior: z.enum(['all', 'target']).meta({
    description: "What the posterior sees beside the image: every rater's mask, or the one to reconstruct",
  }),
  head: z.strictObject({
    widths: z
      .array(z.int().min(1).max(512))
      .min(1)
      .max(4)
      .meta({ description: 'Stages before the last, of D channels' }),
    finalRelu: z
      .boolean()
      .meta({ description: 'ReLU before the global mean (the paper), so that queries are ≥ 0' }),
    padding: z.union([z.literal(1), z.literal(3)]).meta({
      description: '1 is "same"; the authors\' code has 3, a zero border that enters the pooled query',
    }),
    dropout: z.number().min(0).lt(1).meta({ description: 'Probability of dropping a channel in training' }),
  }),
  keys: z
    .enum(['raw', 'standardised'])
    .meta({ description: 'Attention keys: the bank itself (the paper), or (z − μ)/σ' }),
});

export type Architecture = z.infer<typeof architectureSchema>;

/** Sizes of the backbone `resnet34`. */
export function residualSizes({ resnet }: Architecture): ResidualSizes {
  return resnet ?? RESNET34;
}

/** Channels F of the backbone's feature map and of the decoder. */
export function featureChannels(architecture: Architecture): number {
  const widths = architecture.backbone === 'unet' ? architecture.widths : residualSizes(architecture).decoder;
  return widths.at(architecture.backbone === 'unet' ? 0 : -1) as number;
}

/** Channels of a projection head's stages, the last being the latent size. */
export function headWidths({ head, latent }: Architecture): number[] {
  return [...head.widths, latent];
}
