import type { AuditEntry } from './audit-rows.ts';

const COLUMNS = [
  'at',
  'request',
  'hospital',
  'who',
  'action',
  'persona',
  'subject',
  'release',
  'status',
] as const;

/** RFC 4180, with a header. */
export function auditCsv(entries: readonly AuditEntry[]): string {
  const lines = entries.map((entry) => COLUMNS.map((column) => cell(entry[column])).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

/** What a spreadsheet would take for a formula is made text: an app chooses its own name. */
function cell(value: string | number | null): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
