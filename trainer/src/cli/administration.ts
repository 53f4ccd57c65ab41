import { AdminClient } from '@d-persona/shared/client/admin-client.ts';
import { AuditClient } from '@d-persona/shared/client/audit-client.ts';
import type { Endpoint } from '@d-persona/shared/client/send.ts';
import { Command } from 'commander';
import { z } from 'zod';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import { parseOptions } from './options.ts';

const connectionSchema = z.looseObject({
  url: z.url(),
  key: z.string({ error: 'is needed: --key, or the environment variable D_PERSONA_KEY' }).min(1),
});

/** A command that holds others, such as `key` of `key create`. */
export function group(name: string, description: string, commands: readonly Command[]): Command {
  const command = new Command(name).description(description);
  for (const each of commands) command.addCommand(each.exitOverride().addHelpText('after', EXIT_CODES_HELP));
  return command;
}

/** A command that administers a server over HTTP, with the options that all of them share. */
export function administrationCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--url <url>', 'address of the server, local or deployed', 'http://127.0.0.1:8787')
    .option('--key <key>', 'API key; better in the environment variable D_PERSONA_KEY');
}

/** Who administers what. @throws InputError without a key or with an address that is none */
export function adminClient(raw: Readonly<Record<string, unknown>>): AdminClient {
  return new AdminClient(endpoint(raw));
}

/** As {@link adminClient}, for the audit. */
export function auditClient(raw: Readonly<Record<string, unknown>>): AuditClient {
  return new AuditClient(endpoint(raw));
}

function endpoint(raw: Readonly<Record<string, unknown>>): Endpoint {
  const { url, key } = parseOptions(connectionSchema, { ...raw, key: raw.key ?? process.env.D_PERSONA_KEY });
  return { url: url.replace(/\/$/, ''), key };
}

/** Prints rows as aligned columns under their names. */
export function printRows(rows: readonly Readonly<Record<string, string>>[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const names = Object.keys(first);
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines) {
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}
