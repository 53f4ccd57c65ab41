import { getBytes } from '@d-persona/shared/release/object-store.ts';
import type { Sql } from '../store/database.ts';
import type { ErasableStore } from '../store/r2-store.ts';
import { type AuditEntry, addOnce, auditEntrySchema } from './audit-rows.ts';

const PREFIX = 'audit/';

/** Keeps an entry in the store that the database does not take now. */
export async function keepEntry(store: ErasableStore, entry: AuditEntry): Promise<void> {
  const key = `${PREFIX}${entry.hospital}/${entry.at}-${crypto.randomUUID()}.json`;
  await store.put(key, new TextEncoder().encode(JSON.stringify(entry)));
}

/** Writes all entries that are kept in the store, each once. @returns how many there were */
export async function writeKeptEntries({ store, sql }: { store: ErasableStore; sql: Sql }): Promise<number> {
  let written = 0;
  for (const key of await store.list(PREFIX)) {
    const bytes = await getBytes(store, key);
    if (bytes === null) continue;
    const entry = auditEntrySchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    await sql.write(addOnce(entry));
    await store.delete(key);
    written++;
  }
  return written;
}
