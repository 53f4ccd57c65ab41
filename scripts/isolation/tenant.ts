import { AdminClient } from '@d-persona/shared/client/admin-client.ts';
import { AnnotationClient } from '@d-persona/shared/client/annotation-client.ts';
import { Client } from '@d-persona/shared/client/client.ts';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';
import { type Scope, scopeSchema } from '@d-persona/shared/release/hospital.ts';
import { picturePng } from '../../test/support/picture.ts';

/** A hospital with one of everything, and what nobody else may see of it. */
export interface Tenant {
  readonly id: string;
  readonly keys: Readonly<Record<Scope, string>>;
  readonly revoked: string;
  /** Values for the parameters of a path, by name. */
  readonly own: Readonly<Record<string, string>>;
  readonly case: string;
  /** Texts that must not be in an answer to another hospital. */
  readonly secrets: readonly string[];
}

/** Makes a hospital with keys of every scope, a release of its own, a case and an annotation. */
export async function makeTenant(
  url: string,
  operatorKey: string,
  id: string,
  release: EncodedRelease,
): Promise<Tenant> {
  const operator = new AdminClient({ url, key: operatorKey });
  const title = `Title of ${id}, known to nobody else`;
  await operator.addHospital(id, title);
  await operator.publish(id, release);
  await operator.promote(id, release.hash, 0);
  const made = await Promise.all(
    scopeSchema.options.map(async (scope) => [scope, await operator.makeKey(id, [scope])] as const),
  );
  const keys = Object.fromEntries(made.map(([scope, { key }]) => [scope, key])) as Record<Scope, string>;
  const revoked = await operator.makeKey(id, [...scopeSchema.options]);
  await operator.revokeKey(id, revoked.id);
  const persona = release.manifest.personas[0]?.id ?? '';
  await operator.changePersona(id, persona, { title: `Reader of ${id}` });
  const client = new Client({ url, hospital: id, key: keys.segment });
  const opened = await client.createCase(picturePng(), 'picture');
  const readers = new AnnotationClient({ url, hospital: id, key: keys.annotate });
  const mask = { size: [60, 70] as [number, number], counts: [100, 10, 4090] };
  const { annotation } = await readers.annotate({ case: opened.case }, { persona, mask });
  const keyId = made[0]?.[1].id ?? '';
  return {
    id,
    keys,
    revoked: revoked.key,
    own: { hospital: id, persona, release: release.hash, part: 'core.bin', key: keyId, annotation },
    case: opened.case,
    secrets: [title, `Reader of ${id}`, release.hash, keyId, annotation, opened.case],
  };
}
