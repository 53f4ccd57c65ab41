import { z } from 'zod';
import { codeSchema, sct } from './codes.ts';

/** What the segments of a release are: category and type of PS3.3 C.8.20.2, from the context groups CID 7150 and 7151. */
export const segmentedPropertySchema = z.strictObject({
  category: codeSchema,
  type: codeSchema,
});

export type SegmentedProperty = Readonly<z.infer<typeof segmentedPropertySchema>>;

/** Where a release does not say what it segments. */
export const LESION: SegmentedProperty = {
  category: sct('49755003', 'Morphologically Abnormal Structure'),
  type: sct('52988006', 'Lesion'),
};
