import { z } from 'zod';

const widths = z.array(z.int().min(1).max(2048));

/** ResNet-34 (He et al., 2016) under the decoder of segmentation_models_pytorch's `Unet`: the paper's backbone. */
export const RESNET34 = {
  blocks: [3, 4, 6, 3],
  widths: [64, 128, 256, 512],
  decoder: [256, 128, 64, 32, 16],
};

/**
 * Sizes of the residual U-Net. Fewer and narrower blocks are the same network: tests have a small one, and so can an
 * edge. What is left out is ResNet-34's.
 */
export const residualSizesSchema = z
  .strictObject({
    blocks: z
      .array(z.int().min(1).max(64))
      .min(1)
      .max(6)
      .default(RESNET34.blocks)
      .meta({ description: 'Residual blocks of each stage, finest first' }),
    widths: widths
      .default(RESNET34.widths)
      .meta({ description: 'Channels of each stage; the stem has those of the first' }),
    decoder: widths
      .default(RESNET34.decoder)
      .meta({ description: 'Channels of the decoder, coarsest first; the last is the feature size F' }),
  })
  .refine(({ blocks, widths }) => widths.length === blocks.length, {
    path: ['widths'],
    error: 'needs one number for each stage, as many as blocks',
  })
  .refine(({ blocks, decoder }) => decoder.length === blocks.length + 1, {
    path: ['decoder'],
    error: 'needs one number more than there are stages: the stem halves the image too',
  });

export type ResidualSizes = z.infer<typeof residualSizesSchema>;
