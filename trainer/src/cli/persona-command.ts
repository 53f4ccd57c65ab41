import type { Command } from 'commander';
import { adminClient, administrationCommand, group, printRows } from './administration.ts';
import { personaAddCommand } from './persona-add-command.ts';

/** `d-persona persona`: adds one to a release; how a hospital calls its personas, and which it still asks. */
export function personaCommand(): Command {
  const list = administrationCommand('list', 'List the personas (needs the scope segment)')
    .argument('<hospital>')
    .action(async (hospital: string, raw: Record<string, unknown>) => {
      const { personas } = await adminClient(raw).personas(hospital);
      printRows(personas.map(({ id, title, kind }) => ({ id, kind, title })));
    });
  const rename = administrationCommand('rename', 'Give a persona another title')
    .argument('<hospital>')
    .argument('<persona>')
    .argument('<title>')
    .action(async (hospital: string, persona: string, title: string, raw: Record<string, unknown>) => {
      await adminClient(raw).changePersona(hospital, persona, { title });
    });
  const retire = administrationCommand('retire', 'Neither list nor ask a persona any more')
    .argument('<hospital>')
    .argument('<persona>')
    .option('--undo', 'bring it back')
    .action(async (hospital: string, persona: string, raw: Record<string, unknown>) => {
      await adminClient(raw).changePersona(hospital, persona, { retired: raw.undo !== true });
    });
  return group('persona', 'Add, list, rename and retire personas', [
    personaAddCommand(),
    list,
    rename,
    retire,
  ]);
}
