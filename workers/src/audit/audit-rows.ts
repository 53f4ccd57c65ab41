import { z } from 'zod';
import type { Bound } from '../store/database.ts';

/** One request of a hospital. No image, nothing of a patient: a case is named by a hash. */
export const auditEntrySchema = z.object({
  hospital: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** The request's id. */
  request: z.string(),
  /** See `Caller.who`. */
  who: z.string(),
  /** Method and pattern of the path. */
  action: z.string(),
  persona: z.string().nullable(),
  /** The case, key or annotation that it was about. */
  subject: z.string().nullable(),
  release: z.string().nullable(),
  status: z.int(),
});

export type AuditEntry = Readonly<z.output<typeof auditEntrySchema>>;

const COLUMNS = 'hospital, at, request, who, action, persona, subject, release, status';

export function insert(entry: AuditEntry): Bound {
  return [`INSERT INTO audit (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, ...valuesOf(entry)];
}

/** Adds an entry that may be there already. */
export function addOnce(entry: AuditEntry): Bound {
  const { hospital, at, request, who, action, status } = entry;
  return [
    `INSERT INTO audit (${COLUMNS}) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM audit
      WHERE hospital = ? AND at = ? AND request = ? AND who = ? AND action = ? AND status = ?)`,
    ...[...valuesOf(entry), hospital, at, request, who, action, status],
  ];
}

function valuesOf(entry: AuditEntry) {
  const { hospital, at, request, who, action, persona, subject, release, status } = entry;
  return [hospital, at, request, who, action, persona, subject, release, status];
}
