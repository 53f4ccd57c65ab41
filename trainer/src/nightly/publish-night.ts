import { ApiError } from '@d-persona/shared/client/api-error.ts';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import { publishRelease } from '@d-persona/shared/release/store.ts';
import type { z } from 'zod';
import { projectCommit, SOFTWARE } from '../publish/software.ts';
import { addHeads } from './add-heads.ts';
import type { NightContext } from './night-context.ts';
import type { NightHead, promotedSchema } from './night-results.ts';
import type { Pulled } from './pull-night.ts';
import { readHead } from './train-night.ts';

/** Publishes the heads that may be, as a release beside the parent. @returns its hash, or null where there is none */
export async function publishNight(
  { store, api }: NightContext,
  nightFolder: string,
  parent: Release,
  { began }: Pulled,
  heads: readonly NightHead[],
): Promise<string | null> {
  const good = heads.filter(({ judgement }) => judgement.decision === 'publish');
  if (good.length === 0) return null;
  const changed = await Promise.all(
    good.map(async ({ persona: id, title, judgement, trainedOn }) => {
      const own = parent.manifest.personas.find((persona) => persona.id === id);
      const { after, heldOut } = judgement;
      const metrics = {
        ...(after !== null && { dice_persona: after }),
        ...{ held_out_images: heldOut.images, trained_on: trainedOn.length },
      };
      const persona = { id, title: own?.title ?? title, kind: own?.kind ?? ('person' as const), metrics };
      return { persona, values: await readHead(nightFolder, id) };
    }),
  );
  // The moment is the night's, not now: made again after a kill, the release is the same one.
  const provenance = { created: began, commit: await projectCommit() };
  const release = await addHeads(store, parent, changed, { software: SOFTWARE, provenance });
  await publishRelease(store, release);
  await api.publish(release);
  return release.hash;
}

/** Makes a release the hospital's, or tries it on some requests first. */
export async function promoteNight(
  { api, settings }: NightContext,
  { version }: Pick<Pulled, 'version'>,
  release: string | null,
): Promise<z.output<typeof promotedSchema>> {
  if (release === null) return { outcome: 'nothing', reason: 'no release was made' };
  try {
    // After a kill between promoting and writing it down, it is there already.
    if ((await api.releases()).current === release)
      return { outcome: 'promoted', reason: 'it serves the hospital' };
    if (settings.canary !== null) {
      await api.startTrial(release, version, settings.canary.share);
      return { outcome: 'on trial', reason: `on ${100 * settings.canary.share} % of requests` };
    }
    await api.promote(release, version);
    return { outcome: 'promoted', reason: 'it serves the hospital' };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 412) throw error;
    return { outcome: 'overtaken', reason: 'somebody promoted another release during the night' };
  }
}
