import { within } from '../store/within.ts';
import type { HospitalWrites } from './hospital-writer.ts';

/**
 * A hospital's Durable Object as the Worker reaches it. Where it cannot be reached, or is too slow, that is the store's
 * affair and passes; what its own code throws is a bug.
 */
export function reachedHospital(object: HospitalWrites, timeoutMs: number): HospitalWrites {
  const ask = async <T>(call: () => Promise<T>): Promise<T> => {
    let bug: unknown;
    const answered = await within(timeoutMs, () =>
      call().catch((error: unknown) => {
        if (!isRemote(error)) throw error;
        bug = error;
        return undefined;
      }),
    );
    if (bug !== undefined) throw bug;
    return answered as T;
  };
  return {
    promote: (promotion) => ask(() => object.promote(promotion)),
    setTrial: (change) => ask(() => object.setTrial(change)),
    addRelease: (release) => ask(() => object.addRelease(release)),
    annotate: (annotation) => ask(() => object.annotate(annotation)),
    withdraw: (withdrawal) => ask(() => object.withdraw(withdrawal)),
    endAnnotations: (end) => ask(() => object.endAnnotations(end)),
  };
}

/** The runtime marks what was thrown by the object's code; what it throws itself is not marked. */
function isRemote(error: unknown): boolean {
  return error instanceof Error && (error as { remote?: unknown }).remote === true;
}
