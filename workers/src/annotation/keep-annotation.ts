import type { AnnotationReceipt } from '@d-persona/shared/contract/annotations.ts';
import { encodeImage } from '@d-persona/shared/image/encode-image.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { sha256 } from '@d-persona/shared/release/sha256.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { Services } from '../services.ts';
import { addAnnotation, findAnnotation } from './annotation-rows.ts';
import type { SentAnnotation } from './read-annotation.ts';

/** Where an annotation's pixels are kept; images are shared by all annotations of them. */
export const imageKey = (hospital: string, hash: string) => `annotations/${hospital}/images/${hash}.png`;
export const maskKey = (hospital: string, hash: string) => `annotations/${hospital}/masks/${hash}.png`;

const hashOfText = (...parts: string[]) => sha256(new TextEncoder().encode(JSON.stringify(parts)));

/**
 * Keeps an annotation: pixels first, its row last, so that what is cut off leaves nothing half, and the same request
 * again completes it. Pictures are encoded anew, so that nothing but pixels is kept of them.
 *
 * @param key of idempotency; without one, the content is its own
 * @throws ProblemError 409 for another content under a key that was used
 */
export async function keepAnnotation(
  { store, sql, now }: Pick<Services, 'store' | 'sql' | 'now'>,
  hospital: string,
  { persona, title, group, image, outline }: SentAnnotation,
  key: string | undefined,
  by: string,
): Promise<AnnotationReceipt> {
  const imageBytes = encodeImage(image);
  const { height, width } = outline;
  const maskBytes = encodePng({ height, width, channels: 1, data: outline.data.map((bit) => 255 * bit) });
  const [imageHash, maskHash] = [await sha256(imageBytes), await sha256(maskBytes)];
  const content = [persona, imageHash, maskHash];
  const id = (
    await hashOfText(hospital, ...(key === undefined ? ['content', ...content] : ['key', key]))
  ).slice(0, 32);
  const known = await findAnnotation(sql, hospital, id);
  if (known !== null) {
    if ([known.persona, known.image, known.mask].join() !== content.join()) {
      throw new ProblemError('conflict', 'idempotency-key: was used for another annotation. Send a new key.');
    }
    return { annotation: id, received: known.received };
  }
  await store.put(imageKey(hospital, imageHash), imageBytes);
  await store.put(maskKey(hospital, maskHash), maskBytes);
  const received = new Date(now()).toISOString();
  await addAnnotation(sql, hospital, {
    ...{ id, persona, title: title ?? null, size: [height, width], received, by },
    ...{ image: imageHash, mask: maskHash },
    // Without a pseudonym every image stands for a patient of its own.
    group: group === undefined ? imageHash : await hashOfText(hospital, 'group', group),
  });
  return { annotation: id, received };
}
