import { z } from 'zod';
import { textNumber } from './query-number.ts';
import { tuple } from './tuple.ts';

const position = z.number().min(0).max(1_000_000);
const extent = z.number().min(1).max(1_000_000);

/** How a query parameter is described: `x,y` or `x,y,w,h`. */
const PLACE = '(0|[1-9][0-9]{0,5})(\\.[0-9]{1,6})?';
const EXTENT = '[1-9][0-9]{0,5}(\\.[0-9]{1,6})?';
const TEXT = `^${PLACE},${PLACE}(,${EXTENT},${EXTENT})?$`;

/** "x,y" and "x,y,w,h" as a query parameter writes it; anything else is left for the schema to refuse. */
function splitNumbers(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.split(',').map(textNumber);
}

/**
 * The part of the image to segment: its centre in pixels, 0-based, and its size, in millimetres for DICOM and in pixels
 * otherwise. Without a size it is the release's input size. As a query parameter `region=x,y[,w,h]`, in JSON `[x, y]` or `[x, y, w, h]`.
 */
export const regionOptionSchema = z
  .preprocess(
    splitNumbers,
    z.union([tuple(position, position), tuple(position, position, extent, extent)]).meta({
      description:
        'Centre x,y in pixels of the image (0-based), and size w,h: in millimetres for DICOM, in pixels otherwise',
    }),
  )
  .transform(([x, y, w, h]) => ({ x, y, w, h }))
  .meta({ param: { schema: { type: 'string', pattern: TEXT, example: '64,64' } }, example: [64, 64] });

export type RegionOption = z.output<typeof regionOptionSchema>;

/** The part of the image that was segmented. Sent as the option `region`, it gives the same part again. */
export const regionSchema = z
  .strictObject({
    x: z.number().meta({ description: 'Centre, in pixels from the left, 0-based' }),
    y: z.number().meta({ description: 'Centre, in pixels from the top, 0-based' }),
    w: z.number().positive().meta({ description: 'Width, in the unit of the option' }),
    h: z.number().positive().meta({ description: 'Height, in the unit of the option' }),
  })
  .meta({
    id: 'Region',
    description: 'The part of the image that was segmented; it may reach beyond the image',
  });
