import {
  changedPersonaSchema,
  hospitalSummarySchema,
  hospitalsSchema,
  keysSchema,
  type MadeKey,
  madeKeySchema,
  type Reconciliation,
  reconciliationSchema,
  retentionSchema,
} from '../contract/administration.ts';
import { type Personas, personasSchema } from '../contract/personas.ts';
import {
  type CurrentRelease,
  currentReleaseSchema,
  type Releases,
  releasesSchema,
  type TrialBody,
  trialSchema,
} from '../contract/releases.ts';
import type { EncodedRelease } from '../release/encode-release.ts';
import type { Scope } from '../release/hospital.ts';
import { ApiCaller, pathOf } from './api-caller.ts';
import type { Endpoint } from './send.ts';

/** Administration over HTTP: with the operator's key, or a hospital's keys with the scopes `admin` and `release`. */
export class AdminClient {
  readonly #caller: ApiCaller;

  constructor(endpoint: Endpoint) {
    this.#caller = new ApiCaller(endpoint);
  }

  hospitals() {
    return this.#ask(hospitalsSchema, 'GET', '/hospitals');
  }

  addHospital(id: string, title: string) {
    return this.#ask(hospitalSummarySchema, 'POST', '/hospitals', { id, title });
  }

  async removeHospital(id: string): Promise<void> {
    await this.#caller.tell('DELETE', pathOf(id));
  }

  keys(hospital: string) {
    return this.#ask(keysSchema, 'GET', pathOf(hospital, 'keys'));
  }

  /** @param expires ISO 8601, UTC */
  makeKey(hospital: string, scopes: readonly Scope[], expires?: string): Promise<MadeKey> {
    const body = { scopes, ...(expires !== undefined && { expires }) };
    return this.#ask(madeKeySchema, 'POST', pathOf(hospital, 'keys'), body);
  }

  /** @param grace seconds for which the old key still works */
  rotateKey(hospital: string, key: string, grace: number): Promise<MadeKey> {
    const path = pathOf(hospital, 'keys', key, 'rotations');
    return this.#ask(madeKeySchema, 'POST', path, { grace });
  }

  async revokeKey(hospital: string, key: string): Promise<void> {
    await this.#caller.tell('DELETE', pathOf(hospital, 'keys', key));
  }

  personas(hospital: string): Promise<Personas> {
    return this.#ask(personasSchema, 'GET', pathOf(hospital, 'personas'));
  }

  changePersona(hospital: string, persona: string, change: { title?: string; retired?: boolean }) {
    return this.#ask(changedPersonaSchema, 'PATCH', pathOf(hospital, 'personas', persona), change);
  }

  releases(hospital: string): Promise<Releases> {
    return this.#ask(releasesSchema, 'GET', pathOf(hospital, 'releases'));
  }

  /** @param version that the decision is based on: of {@link releases} */
  promote(hospital: string, release: string, version: number): Promise<CurrentRelease> {
    const headers = { 'if-match': `"${version}"` };
    return this.#ask(
      currentReleaseSchema,
      'PUT',
      pathOf(hospital, 'releases', 'current'),
      { release },
      headers,
    );
  }

  /** Tries a release beside the current one. @param version as of {@link promote} */
  startTrial(hospital: string, trial: TrialBody, version: number): Promise<TrialBody> {
    const headers = { 'if-match': `"${version}"` };
    return this.#ask(trialSchema, 'PUT', pathOf(hospital, 'releases', 'trial'), trial, headers);
  }

  async endTrial(hospital: string): Promise<void> {
    await this.#caller.tell('DELETE', pathOf(hospital, 'releases', 'trial'));
  }

  /** Publishes a release: its parts, then its manifest. It is not promoted. */
  async publish(hospital: string, { hash, manifest, files }: EncodedRelease): Promise<void> {
    const put = (path: string, file: string, type: string) =>
      this.#caller.call({
        ...{ method: 'PUT', path, headers: { 'content-type': type } },
        body: files.get(file) as Uint8Array,
      });
    for (const part of Object.keys(manifest.parts)) {
      await put(pathOf(hospital, 'parts', part), part, 'application/octet-stream');
    }
    await put(pathOf(hospital, 'releases', hash), 'manifest.json', 'application/json');
  }

  retention(hospital: string) {
    return this.#ask(retentionSchema, 'GET', pathOf(hospital, 'retention'));
  }

  /** Finishes or removes what stopped Workers left half-way; with the operator's key. */
  reconcile(): Promise<Reconciliation> {
    return this.#ask(reconciliationSchema, 'POST', '/reconciliations');
  }

  #ask: ApiCaller['ask'] = (...request) => this.#caller.ask(...request);
}
