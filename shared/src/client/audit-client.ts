import { type Audit, auditSchema } from '../contract/audit.ts';
import { ApiCaller, pathOf } from './api-caller.ts';
import type { Endpoint } from './send.ts';

export interface AuditRange {
  /** ISO 8601; from the beginning if absent. */
  readonly since?: string | undefined;
  /** ISO 8601, exclusive; until now if absent. */
  readonly until?: string | undefined;
}

/** How the audit can be exported. */
export const AUDIT_FORMATS = {
  json: 'application/json',
  csv: 'text/csv',
  fhir: 'application/fhir+json',
} as const;

export type AuditFormat = keyof typeof AUDIT_FORMATS;

/** The audit of a hospital, with a key of the scope `admin`. */
export class AuditClient {
  readonly #caller: ApiCaller;

  constructor(endpoint: Endpoint) {
    this.#caller = new ApiCaller(endpoint);
  }

  /** Some entries in order of time, and where the next ones begin. */
  async entries(hospital: string, range: AuditRange = {}, cursor?: string): Promise<Audit> {
    const response = await this.#page(hospital, 'json', range, cursor);
    return auditSchema.parse(await response.json());
  }

  /** All entries of a range, page by page: texts in the format, each whole in itself. */
  async *pages(hospital: string, format: AuditFormat, range: AuditRange = {}): AsyncGenerator<string, void> {
    let cursor: string | undefined;
    do {
      const response = await this.#page(hospital, format, range, cursor);
      yield await response.text();
      cursor = nextCursor(response.headers.get('link'));
    } while (cursor !== undefined);
  }

  #page(hospital: string, format: AuditFormat, range: AuditRange, cursor?: string): Promise<Response> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...range, cursor }))
      if (value !== undefined) query.set(name, value);
    const path = `${pathOf(hospital, 'audit')}${query.size > 0 ? `?${query}` : ''}`;
    return this.#caller.tell('GET', path, undefined, { accept: AUDIT_FORMATS[format] });
  }
}

/** The cursor in `<…?cursor=…>; rel="next"` (RFC 8288). */
function nextCursor(link: string | null): string | undefined {
  const target = /<([^>]*)>; rel="next"/.exec(link ?? '')?.[1];
  const query = target?.split('?')[1];
  return query === undefined ? undefined : (new URLSearchParams(query).get('cursor') ?? undefined);
}
