import { type Endpoint, send } from '@d-persona/shared/client/send.ts';
import { type AnnotationRecord, annotationListSchema } from '@d-persona/shared/contract/annotations.ts';
import { type DriftCounts, driftSchema } from '@d-persona/shared/contract/drift.ts';
import { type Releases, releasesSchema } from '@d-persona/shared/contract/releases.ts';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';

/** What the nightly retraining asks of a hospital's server. */
export interface HospitalApi {
  /** Annotations and withdrawals after a number, all of them. */
  annotationsAfter(changed: number): Promise<AnnotationRecord[]>;
  pixels(annotation: string, kind: 'image' | 'mask'): Promise<Uint8Array>;
  releases(): Promise<Releases>;
  /** What images and answers were like since a day. */
  drift(since: string): Promise<DriftCounts>;
  publish(release: EncodedRelease): Promise<void>;
  /** @throws ApiError `http-412` where somebody else promoted since that version */
  promote(release: string, version: number): Promise<void>;
  startTrial(release: string, version: number, share: number): Promise<void>;
  endTrial(): Promise<void>;
}

/** Speaks to a hospital's server over HTTP. @param endpoint with a key that has the scope `release` */
export function hospitalApi(endpoint: Endpoint, hospital: string): HospitalApi {
  const at = `/v1/hospitals/${hospital}`;
  const get = async (path: string) => send(endpoint, { method: 'GET', path: at + path, repeatable: true });
  const put = async (path: string, body: string | Uint8Array, headers: Record<string, string>) => {
    await send(endpoint, { method: 'PUT', path: at + path, body, headers, repeatable: true });
  };
  const json = { 'content-type': 'application/json' };
  return {
    async annotationsAfter(changed) {
      const found: AnnotationRecord[] = [];
      for (let after = changed; ; after = found.at(-1)?.changed ?? after) {
        const response = await get(`/annotations?after=${after}`);
        const { annotations, more } = annotationListSchema.parse(await response.json());
        found.push(...annotations);
        if (!more) return found;
      }
    },
    async pixels(annotation, kind) {
      return new Uint8Array(await (await get(`/annotations/${annotation}/${kind}`)).arrayBuffer());
    },
    async releases() {
      return releasesSchema.parse(await (await get('/releases')).json());
    },
    async drift(since) {
      return driftSchema.parse(await (await get(`/drift?since=${since}`)).json());
    },
    async publish({ hash, manifest, files }) {
      for (const part of Object.keys(manifest.parts)) {
        await put(`/parts/${part}`, files.get(part) as Uint8Array, {
          'content-type': 'application/octet-stream',
        });
      }
      await put(`/releases/${hash}`, files.get('manifest.json') as Uint8Array, json);
    },
    promote: (release, version) =>
      put('/releases/current', JSON.stringify({ release }), { ...json, 'if-match': `"${version}"` }),
    startTrial: (release, version, share) =>
      put('/releases/trial', JSON.stringify({ release, kind: 'canary', share }), {
        ...json,
        'if-match': `"${version}"`,
      }),
    async endTrial() {
      await send(endpoint, { method: 'DELETE', path: `${at}/releases/trial`, repeatable: true });
    },
  };
}
