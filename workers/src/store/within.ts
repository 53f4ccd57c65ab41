import { StoreUnavailable } from './store-unavailable.ts';

/** What is asked of a store, as long as it takes no longer. @throws StoreUnavailable where it fails, or is too slow */
export async function within<T>(ms: number, ask: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (cause) {
    throw new StoreUnavailable(cause);
  } finally {
    clearTimeout(timer);
  }
}
