import { InputError } from '@d-persona/shared/errors.ts';
import type { Command } from 'commander';
import { z } from 'zod';
import { FolderStore } from '../publish/folder-store.ts';
import { readRelease } from '../publish/read-release.ts';
import { adminClient, administrationCommand, group, printRows } from './administration.ts';
import { findRelease } from './find-release.ts';
import { parseOptions } from './options.ts';

const pushSchema = z.looseObject({ store: z.string().min(1) });

/** `d-persona release`: which releases a hospital has, and which serves it. */
export function releaseCommand(): Command {
  const list = administrationCommand('list', 'List the releases of a hospital')
    .argument('<hospital>')
    .action(async (hospital: string, raw: Record<string, unknown>) => {
      const { releases, damaged = [] } = await adminClient(raw).releases(hospital);
      const row = { release: '', current: '', added: '', dataset: '-', dice: '-', damaged: '' };
      printRows([
        ...releases.map(({ release, current, added, dataset, metrics }) => ({
          ...row,
          release,
          current: current ? 'yes' : '',
          added,
          dataset,
          dice: metrics.dice_persona_mean?.toFixed(4) ?? '-',
        })),
        ...damaged.map(({ release, current, added, file, problem }) => ({
          ...row,
          release,
          current: current ? 'yes' : '',
          added,
          damaged: `${file} ${problem}`,
        })),
      ]);
    });
  const promote = administrationCommand('promote', 'Serve a hospital by a release')
    .argument('<hospital>')
    .argument('<release>', 'its hash, or the first digits')
    .action(async (hospital: string, prefix: string, raw: Record<string, unknown>) => {
      const client = adminClient(raw);
      const releases = await client.releases(hospital);
      const release = findRelease(releases, prefix);
      await client.promote(hospital, release, releases.version);
      console.log(release);
    });
  const rollback = administrationCommand('rollback', 'Serve a hospital by the release that served it before')
    .argument('<hospital>')
    .action(async (hospital: string, raw: Record<string, unknown>) => {
      const client = adminClient(raw);
      const { previous, version } = await client.releases(hospital);
      if (previous === null) throw nothingBefore();
      await client.promote(hospital, previous, version);
      console.log(previous);
    });
  const push = administrationCommand('push', 'Send a release of a folder to a server; it is not promoted')
    .argument('<hospital>')
    .argument('<release>', 'its hash')
    .requiredOption('--store <folder>', 'as d-persona publish writes it')
    .action(async (hospital: string, hash: string, raw: Record<string, unknown>) => {
      const { store } = parseOptions(pushSchema, raw);
      await adminClient(raw).publish(hospital, await readRelease(new FolderStore(store), hash));
      console.log(hash);
    });
  return group('release', 'List, send, promote and roll back releases', [list, push, promote, rollback]);
}

function nothingBefore(): InputError {
  return new InputError({
    code: 'nothing-before',
    input: 'hospital',
    problem: 'was served by no other release before',
    remedy: 'Promote one by its hash: see d-persona release list',
  });
}
