import type { Context } from 'hono';

/** Work that the answer does not wait for; where the runtime cannot let it run on (tests), it is waited for. */
export async function behind(c: Context, work: Promise<unknown>): Promise<void> {
  const context = executionContext(c);
  if (context === undefined) await work;
  else context.waitUntil(work);
}

/** Hono throws where there is none. */
function executionContext(c: Context): { waitUntil(work: Promise<unknown>): void } | undefined {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}
