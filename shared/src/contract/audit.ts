import { z } from 'zod';
import { queryNumber } from './query-number.ts';

export const MAX_AUDIT_ENTRIES = 1000;

const moment = z.iso.datetime();
const sentMoment = z.iso.datetime({ offset: true });

/** The moment of an entry, and which of those of that moment. */
export const cursorSchema = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z_\d{1,15}$/);

export const auditOptionsSchema = z
  .strictObject({
    since: sentMoment.optional().meta({ description: 'From the beginning if absent' }),
    until: sentMoment.optional().meta({ description: 'Exclusive; until now if absent' }),
    cursor: cursorSchema.optional().meta({ description: 'Entries behind an earlier answer: its `next`' }),
    limit: queryNumber(
      z
        .int()
        .min(1)
        .max(MAX_AUDIT_ENTRIES)
        .meta({ description: `Most entries. Default ${MAX_AUDIT_ENTRIES}` }),
    ).optional(),
  })
  .meta({ id: 'AuditOptions' });

export const auditSchema = z
  .strictObject({
    entries: z.array(
      z.strictObject({
        hospital: z.string(),
        at: moment,
        request: z.string(),
        who: z.string().meta({ description: '`key:<id>`, `app:<subject>` or `operator`' }),
        action: z.string().meta({ description: 'Method and pattern of the path' }),
        persona: z.string().nullable(),
        subject: z.string().nullable().meta({ description: 'The case, key or annotation' }),
        release: z.string().nullable(),
        status: z.int(),
      }),
    ),
    next: cursorSchema.nullable().meta({
      description: 'Where the next entries begin, also as the header `link`; null where there are none',
    }),
  })
  .meta({ id: 'Audit', description: 'Who asked for what, and what became of it' });

export type Audit = z.infer<typeof auditSchema>;
