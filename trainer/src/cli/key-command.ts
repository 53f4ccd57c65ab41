import { createOperatorKey, operatorKeyHash } from '@d-persona/shared/release/api-key.ts';
import { scopeSchema } from '@d-persona/shared/release/hospital.ts';
import { Command } from 'commander';
import { z } from 'zod';
import { adminClient, administrationCommand, group, printRows } from './administration.ts';
import { parseOptions } from './options.ts';

const createSchema = z.looseObject({
  scopes: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(scopeSchema).min(1)),
  expires: z.iso.datetime({ error: 'must be a moment in UTC, such as 2027-01-31T00:00:00Z' }).optional(),
});
const rotateSchema = z.looseObject({ grace: z.coerce.number().int().min(0) });

/** `d-persona key`: the keys of a hospital, and the operator's. */
export function keyCommand(): Command {
  const create = administrationCommand('create', 'Make a key and print it, this once')
    .argument('<hospital>')
    .option('--scopes <list>', `of ${scopeSchema.options.join(', ')}, with commas between`, 'segment')
    .option('--expires <moment>', 'UTC, such as 2027-01-31T00:00:00Z; never if absent')
    .action(async (hospital: string, raw: Record<string, unknown>) => {
      const { scopes, expires } = parseOptions(createSchema, raw);
      console.log((await adminClient(raw).makeKey(hospital, scopes, expires)).key);
    });
  const rotate = administrationCommand(
    'rotate',
    'Replace a key by a new one with the same scopes, and print it',
  )
    .argument('<hospital>')
    .argument('<key>', 'its id: the third part of a key')
    .option('--grace <seconds>', 'for how long the old key still works', '0')
    .action(async (hospital: string, key: string, raw: Record<string, unknown>) => {
      const { grace } = parseOptions(rotateSchema, raw);
      console.log((await adminClient(raw).rotateKey(hospital, key, grace)).key);
    });
  const revoke = administrationCommand('revoke', 'Revoke a key: it does not work from now on')
    .argument('<hospital>')
    .argument('<key>', 'its id: the third part of a key')
    .action(async (hospital: string, key: string, raw: Record<string, unknown>) =>
      adminClient(raw).revokeKey(hospital, key),
    );
  const list = administrationCommand('list', 'List the keys of a hospital, without their secrets')
    .argument('<hospital>')
    .action(async (hospital: string, raw: Record<string, unknown>) => {
      const { keys } = await adminClient(raw).keys(hospital);
      printRows(
        keys.map(({ id, scopes, created, expires, revoked }) => ({
          id,
          scopes: scopes.join(','),
          created,
          expires: expires ?? '-',
          revoked: revoked ?? '-',
        })),
      );
    });
  return group('key', 'Make, rotate, revoke and list keys', [
    create,
    rotate,
    revoke,
    list,
    operatorCommand(),
  ]);
}

function operatorCommand(): Command {
  return new Command('operator')
    .description("Make an operator's key, and the hash that the server is to be told")
    .action(async () => {
      const key = createOperatorKey();
      console.log(`D_PERSONA_OPERATOR_KEY=${key}`);
      console.log(`OPERATOR_KEY_SHA256=${await operatorKeyHash(key)}`);
    });
}
