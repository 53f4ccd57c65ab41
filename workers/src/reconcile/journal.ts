import { hospitalIdSchema } from '@d-persona/shared/release/hospital.ts';
import { hashSchema } from '@d-persona/shared/release/manifest.ts';
import { getBytes } from '@d-persona/shared/release/object-store.ts';
import { z } from 'zod';
import type { ErasableStore } from '../store/r2-store.ts';

const annotationSchema = z.strictObject({
  ...{ id: z.string(), persona: z.string(), title: z.string().nullable(), group: z.string() },
  size: z.tuple([z.int(), z.int()]),
  ...{ image: z.string(), mask: z.string(), received: z.string(), by: z.string() },
});

/** An annotation's row as it is to be written. */
export type AnnotationRow = z.output<typeof annotationSchema>;

const common = { hospital: hospitalIdSchema, at: z.iso.datetime() };
const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('annotation'),
    ...common,
    annotation: annotationSchema,
    /** Whether it takes the place of a withdrawn one of the same content. */
    again: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('release'), ...common, release: hashSchema }),
]);

/**
 * What a Worker is about to write into the database, kept in the store until it is written: all that is needed to
 * finish it for a Worker that was stopped.
 */
export type JournalEntry = z.output<typeof entrySchema>;

const PREFIX = 'pending/';

function journalKey(entry: JournalEntry): string {
  const id = entry.kind === 'annotation' ? entry.annotation.id : entry.release;
  return `${PREFIX}${entry.kind}s/${entry.hospital}/${id}.json`;
}

export async function writeEntry(store: ErasableStore, entry: JournalEntry): Promise<void> {
  await store.put(journalKey(entry), new TextEncoder().encode(JSON.stringify(entry)));
}

export async function removeEntry(store: ErasableStore, entry: JournalEntry): Promise<void> {
  await store.delete(journalKey(entry));
}

/** All entries; what is no entry is told as null with its key. */
export async function* journal(
  store: ErasableStore,
): AsyncGenerator<{ key: string; entry: JournalEntry | null }, void> {
  for await (const keys of store.pages(PREFIX)) {
    for (const key of keys) {
      const bytes = await getBytes(store, key);
      if (bytes !== null) yield { key, entry: parseEntry(bytes) };
    }
  }
}

function parseEntry(bytes: Uint8Array): JournalEntry | null {
  try {
    return entrySchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}
