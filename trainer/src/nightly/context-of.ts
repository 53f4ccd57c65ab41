import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { FolderStore } from '../publish/folder-store.ts';
import { hospitalApi } from './hospital-api.ts';
import type { NightContext } from './night-context.ts';
import type { NightlyRun } from './run-nightly.ts';
import type { NightlySettings } from './settings.ts';

/** What a hospital's night works with. @throws InputError `no-key` where the environment lacks its key */
export function contextOf(
  { settings, night, env, now, tell, afterStep = () => {} }: NightlyRun,
  { id, url, keyVariable }: NightlySettings['hospitals'][number],
): NightContext {
  const key = env[keyVariable];
  if (key === undefined) {
    throw new InputError({
      code: 'no-key',
      input: `environment variable ${keyVariable}`,
      problem: `is not set: it holds the key of ${id}`,
      remedy: 'Set it to a key with the scope release',
    });
  }
  const api = hospitalApi({ url: url.replace(/\/$/, ''), key }, id);
  const folder = join(settings.folder, 'hospitals', id);
  const store = new FolderStore(settings.store);
  return { hospital: id, night, folder, api, store, settings, now, tell, afterStep };
}
