import { createKey } from '@d-persona/shared/release/api-key.ts';
import { loadHospital, saveHospital } from '@d-persona/shared/release/hospital.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';

/**
 * Makes sure that a hospital exists. A new one gets a key with the scopes `segment` and `release`.
 *
 * @returns the key, shown this once, or undefined where the hospital was there already
 */
export async function ensureHospital(store: ObjectStore, id: string, now: Date): Promise<string | undefined> {
  if ((await loadHospital(store, id)) !== null) return undefined;
  const { key, record } = await createKey(id, ['segment', 'release'], now.toISOString());
  await saveHospital(store, { id, title: id, keys: [record] });
  return key;
}
