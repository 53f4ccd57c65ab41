import { z } from 'zod';

const bytes = z.instanceof(Uint8Array<ArrayBufferLike>);

/** One image of the page. Every mask and map is H·W, row by row. */
export const reportCaseSchema = z
  .strictObject({
    title: z.string(),
    height: z.int().positive(),
    width: z.int().positive(),
    /** 1: grey, 3: RGB. */
    channels: z.literal([1, 3]),
    /** 8-bit pixels for the eye, H·W·channels. */
    pixels: bytes,
    /** What rater r drew, in the personas' order; null where there is no such mask. */
    experts: z.array(bytes.nullable()),
    /** What persona r draws. */
    personas: z.array(bytes),
    /** Some of the diversified samples. */
    samples: z.array(bytes),
    /** Standard deviation over the samples, scaled so that 255 is 0.5, as the API's map. */
    disagreement: bytes,
  })
  .superRefine((value, context) => {
    const area = value.height * value.width;
    const check = (path: string, mask: Uint8Array | null, length = area) => {
      if (mask !== null && mask.length !== length) {
        context.addIssue({ code: 'custom', path: [path], message: `${mask.length} values, not ${length}` });
      }
    };
    check('pixels', value.pixels, area * value.channels);
    check('disagreement', value.disagreement);
    for (const mask of value.experts) check('experts', mask);
    for (const mask of value.personas) check('personas', mask);
    for (const mask of value.samples) check('samples', mask);
  });
export type ReportCase = z.infer<typeof reportCaseSchema>;
