import { AUDIT_FORMATS, type AuditClient, type AuditFormat } from '@d-persona/shared/client/audit-client.ts';
import { auditSchema } from '@d-persona/shared/contract/audit.ts';
import type { Command } from 'commander';
import { z } from 'zod';
import { writeFileAtomically } from '../run/atomic-file.ts';
import { administrationCommand, auditClient, group } from './administration.ts';
import { parseOptions } from './options.ts';

const moment = z.iso.datetime({ offset: true, error: 'must be a moment such as 2027-01-31T00:00:00Z' });
const exportSchema = z.looseObject({
  format: z.enum(Object.keys(AUDIT_FORMATS) as [AuditFormat, ...AuditFormat[]]),
  since: moment.optional(),
  until: moment.optional(),
  out: z.string().min(1).optional(),
});

const bundleSchema = z.looseObject({ entry: z.array(z.unknown()) });

/** `d-persona audit`: who asked for what, for the hospital's security officer. */
export function auditCommand(): Command {
  const exported = administrationCommand('export', 'Export the audit of a hospital (needs the scope admin)')
    .argument('<hospital>')
    .option('--format <csv|fhir|json>', 'CSV, a bundle of FHIR AuditEvent, or JSON', 'csv')
    .option('--since <moment>', 'such as 2027-01-31T00:00:00Z; from the beginning if absent')
    .option('--until <moment>', 'exclusive; until now if absent')
    .option('--out <file>', 'where to write; standard output without it')
    .action(async (hospital: string, raw: Record<string, unknown>) => {
      const { format, since, until, out } = parseOptions(exportSchema, raw);
      const text = await exportAudit(auditClient(raw), hospital, format, { since, until });
      if (out === undefined) console.log(text.trimEnd());
      else await writeFileAtomically(out, new TextEncoder().encode(text));
    });
  return group('audit', 'Export who asked for what, and what became of it', [exported]);
}

/** All pages as one text. */
async function exportAudit(
  client: AuditClient,
  hospital: string,
  format: AuditFormat,
  range: { since: string | undefined; until: string | undefined },
): Promise<string> {
  const pages: string[] = [];
  for await (const page of client.pages(hospital, format, range)) pages.push(page);
  const [first = ''] = pages;
  if (format === 'csv') {
    // The header of the columns stands on each page.
    return [first, ...pages.slice(1).map((page) => page.slice(page.indexOf('\r\n') + 2))].join('');
  }
  if (format === 'fhir') {
    const bundles = pages.map((page) => bundleSchema.parse(JSON.parse(page)));
    return JSON.stringify({ ...bundles[0], entry: bundles.flatMap(({ entry }) => entry) });
  }
  const entries = pages.flatMap((page) => auditSchema.parse(JSON.parse(page)).entries);
  return JSON.stringify({ entries });
}
