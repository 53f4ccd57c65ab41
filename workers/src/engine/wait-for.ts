/** What {@link waitFor} gives where the promise took longer. */
export const LATE = Symbol('late');

/**
 * Waits for what another request has to do, but no longer than so many milliseconds: in workerd the other may have been
 * dropped, and its promise then never settles. The timer is this request's own, so that the runtime knows that it lives.
 */
export async function waitFor<T>(promise: Promise<T>, ms: number): Promise<T | typeof LATE> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
