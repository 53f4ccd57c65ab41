import type { AnnotationReceipt } from '@d-persona/shared/contract/annotations.ts';
import { encodeImage } from '@d-persona/shared/image/encode-image.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { sha256 } from '@d-persona/shared/release/sha256.ts';
import { ProblemError, unavailable } from '../problem/problem-error.ts';
import { storeUnavailable } from '../problem/problem-response.ts';
import { type AnnotationRow, removeEntry, writeEntry } from '../reconcile/journal.ts';
import type { Services } from '../services.ts';
import { findAnnotation } from './annotation-rows.ts';
import type { AnnotationWrite } from './annotation-writes.ts';
import { imageKey, maskKey } from './pixel-keys.ts';
import type { SentAnnotation } from './read-annotation.ts';

/** How often pixels are put that something else erases meanwhile. */
const ATTEMPTS = 2;

const hashOfText = (...parts: string[]) => sha256(new TextEncoder().encode(JSON.stringify(parts)));

type Stores = Pick<Services, 'store' | 'sql' | 'now' | 'hospitals'>;

/** Whose annotation it is, and under which idempotency key; without one, the content is its own. */
export interface AnnotationOrigin {
  readonly hospital: string;
  readonly key: string | undefined;
  /** See `Caller.who`. */
  readonly by: string;
}

/**
 * Keeps an annotation: pixels first, then an entry of the journal, its row last. A Worker that is stopped before the
 * entry leaves nothing that is told of; one that is stopped after it has its work finished by the reconciler. The same
 * request again completes either. Pictures are encoded anew, so that nothing but pixels is kept of them.
 *
 * @throws ProblemError 409 for another content under a key that was used, 503 where the stores do not answer
 */
export async function keepAnnotation(
  stores: Stores,
  { hospital, key, by }: AnnotationOrigin,
  { persona, title, group, image, outline }: SentAnnotation,
): Promise<AnnotationReceipt> {
  const imageBytes = encodeImage(image);
  const { height, width } = outline;
  const maskBytes = encodePng({ height, width, channels: 1, data: outline.data.map((bit) => 255 * bit) });
  const [imageHash, maskHash] = [await sha256(imageBytes), await sha256(maskBytes)];
  const content = [persona, imageHash, maskHash];
  const named = key === undefined ? ['content', ...content] : ['key', key];
  const id = (await hashOfText(hospital, ...named)).slice(0, 32);
  // Under no key, the same outline after it was withdrawn is handed in once more.
  const again = key === undefined;
  const known = await findAnnotation(stores.sql, hospital, id);
  if (known !== null && !(known.withdrawn && again)) {
    if ([known.persona, known.image, known.mask].join() !== content.join()) throw keyUsed();
    return { annotation: id, received: known.received };
  }
  const annotation: AnnotationRow = {
    ...{ id, persona, title: title ?? null, size: [height, width], by },
    ...{ image: imageHash, mask: maskHash, received: new Date(stores.now()).toISOString() },
    // Without a pseudonym every image stands for a patient of its own.
    group: group === undefined ? imageHash : await hashOfText(hospital, 'group', group),
  };
  const received = await write(stores, { hospital, annotation, again }, imageBytes, maskBytes);
  return { annotation: id, received };
}

/** @returns when it was received first */
async function write(
  { store, hospitals, now }: Stores,
  sent: AnnotationWrite,
  image: Uint8Array,
  mask: Uint8Array,
): Promise<string> {
  const { hospital, annotation } = sent;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await store.put(imageKey(hospital, annotation.image), image);
    await store.put(maskKey(hospital, annotation.mask), mask);
    const entry = { kind: 'annotation' as const, at: new Date(now()).toISOString(), ...sent };
    await writeEntry(store, entry);
    const outcome = await hospitals(hospital).annotate(sent);
    if (outcome.kind === 'unavailable') throw storeUnavailable();
    if (outcome.kind === 'not-now') break;
    // The reconciler removes what cannot be removed now.
    await removeEntry(store, entry).catch(() => undefined);
    if (outcome.kind === 'conflict') throw keyUsed();
    if (outcome.kind === 'done') return outcome.received;
  }
  throw unavailable('busy', 'The same pixels are just being erased. Send this again in a minute.', 60);
}

function keyUsed(): ProblemError {
  return new ProblemError('conflict', 'idempotency-key: was used for another annotation. Send a new key.');
}
