import { z } from 'zod';

export const MAX_AUDIT_ENTRIES = 1000;

const moment = z.iso.datetime();

export const auditOptionsSchema = z
  .strictObject({
    since: moment.optional().meta({ description: 'UTC; from the beginning if absent' }),
    until: moment.optional().meta({ description: 'UTC, exclusive; until now if absent' }),
    limit: z.coerce
      .number()
      .pipe(z.int().min(1).max(MAX_AUDIT_ENTRIES))
      .optional()
      .meta({ description: `Most entries. Default ${MAX_AUDIT_ENTRIES}` }),
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
  })
  .meta({ id: 'Audit', description: 'Who asked for what, and what became of it' });
