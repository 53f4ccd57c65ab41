import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOperatorKey, operatorKeyHash } from '@d-persona/shared/release/api-key.ts';
import { startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import { syntheticRelease } from '../../test/support/synthetic-release.ts';
import { checksOf, isKnownScope } from './check.ts';
import { liveOperations } from './operations.ts';
import { type Leak, runCheck } from './run-checks.ts';
import { makeTenant } from './tenant.ts';

/** What a check of the isolation found. */
export interface Isolation {
  readonly operations: number;
  readonly checks: number;
  readonly leaks: readonly Leak[];
}

/**
 * Asks every operation of the running server's own description, in the name of everybody who must not get an answer:
 * routes × hospitals × scopes, against a Worker of its own on this machine.
 */
export async function checkIsolation(): Promise<Isolation> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-isolation-'));
  const operatorKey = createOperatorKey();
  const variables = {
    OPERATOR_KEY_SHA256: (await operatorKeyHash(operatorKey)) ?? '',
    WRONG_KEYS_PER_MINUTE: 1_000_000,
  };
  const worker = await startWorker({ store: folder, variables, log: () => undefined });
  try {
    const a = await makeTenant(worker.url, operatorKey, 'alpha', await syntheticRelease(1));
    const b = await makeTenant(worker.url, operatorKey, 'beta', await syntheticRelease(2));
    const operations = await liveOperations(worker.url);
    const leaks: Leak[] = operations
      .filter(({ scope }) => scope !== undefined && !isKnownScope(scope))
      .map(({ method, path }) => ({
        operation: `${method} ${path}`,
        who: '',
        problem: 'needs an unknown scope',
      }));
    let checks = 0;
    for (const operation of operations) {
      for (const check of [...checksOf(operation, a, b), ...checksOf(operation, b, a)]) {
        checks++;
        const leak = await runCheck(worker.url, check);
        if (leak !== undefined) leaks.push(leak);
      }
    }
    return { operations: operations.length, checks, leaks };
  } finally {
    await worker.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
