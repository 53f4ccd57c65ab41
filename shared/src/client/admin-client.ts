import type { z } from 'zod';
import {
  changedPersonaSchema,
  hospitalSummarySchema,
  hospitalsSchema,
  keysSchema,
  type MadeKey,
  madeKeySchema,
} from '../contract/administration.ts';
import { type Personas, personasSchema } from '../contract/personas.ts';
import {
  type CurrentRelease,
  currentReleaseSchema,
  type Releases,
  releasesSchema,
} from '../contract/releases.ts';
import type { EncodedRelease } from '../release/encode-release.ts';
import type { Scope } from '../release/hospital.ts';
import { type Call, type Endpoint, send } from './send.ts';

/** Administration over HTTP: with the operator's key, or a hospital's keys with the scopes `admin` and `release`. */
export class AdminClient {
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  hospitals() {
    return this.#ask(hospitalsSchema, 'GET', '/hospitals');
  }

  addHospital(id: string, title: string) {
    return this.#ask(hospitalSummarySchema, 'POST', '/hospitals', { id, title });
  }

  async removeHospital(id: string): Promise<void> {
    await this.#send('DELETE', of(id));
  }

  keys(hospital: string) {
    return this.#ask(keysSchema, 'GET', of(hospital, 'keys'));
  }

  /** @param expires ISO 8601, UTC */
  makeKey(hospital: string, scopes: readonly Scope[], expires?: string): Promise<MadeKey> {
    const body = { scopes, ...(expires !== undefined && { expires }) };
    return this.#ask(madeKeySchema, 'POST', of(hospital, 'keys'), body, { repeatable: false });
  }

  /** @param grace seconds for which the old key still works */
  rotateKey(hospital: string, key: string, grace: number): Promise<MadeKey> {
    const path = of(hospital, 'keys', key, 'rotations');
    return this.#ask(madeKeySchema, 'POST', path, { grace }, { repeatable: false });
  }

  async revokeKey(hospital: string, key: string): Promise<void> {
    await this.#send('DELETE', of(hospital, 'keys', key));
  }

  personas(hospital: string): Promise<Personas> {
    return this.#ask(personasSchema, 'GET', of(hospital, 'personas'));
  }

  changePersona(hospital: string, persona: string, change: { title?: string; retired?: boolean }) {
    return this.#ask(changedPersonaSchema, 'PATCH', of(hospital, 'personas', persona), change);
  }

  releases(hospital: string): Promise<Releases> {
    return this.#ask(releasesSchema, 'GET', of(hospital, 'releases'));
  }

  /** @param version that the decision is based on: of {@link releases} */
  promote(hospital: string, release: string, version: number): Promise<CurrentRelease> {
    const headers = { 'if-match': `"${version}"` };
    // Sent twice, the second would be told that the first changed the version.
    const path = of(hospital, 'releases', 'current');
    return this.#ask(currentReleaseSchema, 'PUT', path, { release }, { headers, repeatable: false });
  }

  /** Publishes a release: its parts, then its manifest. It is not promoted. */
  async publish(hospital: string, { hash, manifest, files }: EncodedRelease): Promise<void> {
    for (const part of Object.keys(manifest.parts)) {
      const headers = { 'content-type': 'application/octet-stream' };
      const body = files.get(part) as Uint8Array;
      await this.#call({ method: 'PUT', path: of(hospital, 'parts', part), headers, body, repeatable: true });
    }
    const headers = { 'content-type': 'application/json' };
    const body = files.get('manifest.json') as Uint8Array;
    await this.#call({
      method: 'PUT',
      path: of(hospital, 'releases', hash),
      headers,
      body,
      repeatable: true,
    });
  }

  async #ask<T extends z.ZodType>(
    schema: T,
    method: string,
    path: string,
    body?: unknown,
    more: Partial<Call> = {},
  ): Promise<z.output<T>> {
    return schema.parse(await (await this.#send(method, path, body, more)).json());
  }

  #send(method: string, path: string, body?: unknown, more: Partial<Call> = {}): Promise<Response> {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { ...(body !== undefined && { 'content-type': 'application/json' }), ...more.headers };
    return this.#call({ method, path, ...content, headers, repeatable: more.repeatable ?? true });
  }

  #call(call: Call): Promise<Response> {
    return send(this.#endpoint, { ...call, path: `/v1${call.path}` });
  }
}

/** The path of something of a hospital. */
function of(hospital: string, ...steps: string[]): string {
  return ['/hospitals', ...[hospital, ...steps].map(encodeURIComponent)].join('/');
}
