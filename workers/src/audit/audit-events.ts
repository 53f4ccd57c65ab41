import type { AuditEntry } from './audit-rows.ts';

const ACTIONS: Readonly<Record<string, string>> = { GET: 'R', PUT: 'U', PATCH: 'U', DELETE: 'D', POST: 'C' };

/** The entries as a FHIR (R4) bundle of AuditEvent. */
export function auditEvents(entries: readonly AuditEntry[]) {
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: entries.map((entry) => ({ fullUrl: `urn:uuid:${uuidOf(entry)}`, resource: auditEvent(entry) })),
  };
}

function auditEvent({ at, request, hospital, who, action, persona, subject, release, status }: AuditEntry) {
  const [method = ''] = action.split(' ');
  const detail = Object.entries({ action, request, persona, release, status: String(status) }).flatMap(
    ([type, valueString]) => (valueString === null ? [] : [{ type, valueString }]),
  );
  return {
    resourceType: 'AuditEvent',
    type: {
      system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
      code: 'rest',
      display: 'RESTful Operation',
    },
    action: ACTIONS[method] ?? 'E',
    recorded: at,
    // 0 success, 4 the caller's failure, 8 the server's.
    outcome: status < 400 ? '0' : status < 500 ? '4' : '8',
    agent: [{ who: { identifier: { value: who } }, requestor: true }],
    source: { site: hospital, observer: { display: 'd-persona' } },
    entity: [{ what: { identifier: { value: subject ?? persona ?? hospital } }, detail }],
  };
}

/** The request's id where it is a UUID; a caller may have chosen another. */
function uuidOf({ request }: AuditEntry): string {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(request) ? request : crypto.randomUUID();
}
