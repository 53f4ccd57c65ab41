import type { Command } from 'commander';
import { adminClient, administrationCommand, printRows } from './administration.ts';

/** `d-persona reconcile`: what every night does by itself, at once. */
export function reconcileCommand(): Command {
  return administrationCommand(
    'reconcile',
    "Finish or remove what stopped Workers left half-way, with the operator's key",
  ).action(async (raw: Record<string, unknown>) => {
    const found = await adminClient(raw).reconcile();
    printRows([Object.fromEntries(Object.entries(found).map(([name, count]) => [name, String(count)]))]);
  });
}
