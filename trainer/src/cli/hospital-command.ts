import type { Command } from 'commander';
import { z } from 'zod';
import { adminClient, administrationCommand, group, printRows } from './administration.ts';
import { parseOptions } from './options.ts';

const titleSchema = z.looseObject({ title: z.string().min(1).max(200).optional() });

/** `d-persona hospital`: which hospitals there are; needs the operator's key. */
export function hospitalCommand(): Command {
  const add = administrationCommand('add', 'Add a hospital')
    .argument('<id>', 'lower-case letters, digits and hyphens')
    .option('--title <text>', 'its name; the id if absent')
    .action(async (id: string, raw: Record<string, unknown>) => {
      const { title } = parseOptions(titleSchema, raw);
      const added = await adminClient(raw).addHospital(id, title ?? id);
      console.log(added.id);
    });
  const list = administrationCommand('list', 'List the hospitals').action(
    async (raw: Record<string, unknown>) => {
      const { hospitals } = await adminClient(raw).hospitals();
      printRows(
        hospitals.map(({ id, title, created, release }) => ({
          id,
          title,
          created,
          release: release?.slice(0, 12) ?? '-',
        })),
      );
    },
  );
  const remove = administrationCommand('remove', 'Remove a hospital; none of its keys works from now on')
    .argument('<id>')
    .action(async (id: string, raw: Record<string, unknown>) => adminClient(raw).removeHospital(id));
  return group('hospital', "Add, list and remove hospitals, with the operator's key", [add, list, remove]);
}
