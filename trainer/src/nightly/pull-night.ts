import { InputError } from '@d-persona/shared/errors.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import { loadRelease } from '@d-persona/shared/release/store.ts';
import type { z } from 'zod';
import { fetchPixels } from './annotated-case.ts';
import type { HospitalLedger } from './hospital-ledger.ts';
import type { NightContext } from './night-context.ts';
import type { pulledSchema } from './night-results.ts';

export type Pulled = z.output<typeof pulledSchema>;

/** Takes what readers drew and withdrew since the last night, and settles that night's trial. */
export async function pullNight(context: NightContext, ledger: HospitalLedger): Promise<Pulled> {
  const { api, folder, now } = context;
  const began = now().toISOString();
  const trial = await settleTrial(context, ledger.trial?.release);
  const { current, version } = await api.releases();
  if (current === null) {
    throw new InputError({
      code: 'no-release',
      input: `hospital ${context.hospital}`,
      problem: 'is served by no release',
      remedy: 'Publish and promote one first: d-persona publish',
    });
  }
  const records = await api.annotationsAfter(ledger.cursor);
  for (const record of records) if (!record.withdrawn) await fetchPixels(api, folder, record);
  const cursor = Math.max(ledger.cursor, ...records.map(({ changed }) => changed));
  return { began, records, cursor, parent: current, version, trial };
}

/** Promotes the release that an earlier night put on trial, or ends its trial. */
async function settleTrial(
  { api, settings }: NightContext,
  release: string | undefined,
): Promise<Pulled['trial']> {
  if (release === undefined) return { outcome: 'none', reason: '' };
  const { current, trial, version } = await api.releases();
  if (current === release) return { outcome: 'promoted', reason: 'it serves the hospital' };
  if (trial?.release !== release) return { outcome: 'ended', reason: 'somebody else ended it' };
  const { minimumCompared = 0, minimumDice = 0 } = settings.canary ?? {};
  const { compared, dice } = trial.evidence;
  if (compared < minimumCompared) {
    return { outcome: 'goes on', reason: `${compared} of ${minimumCompared} requests were compared` };
  }
  if (dice !== null && dice < minimumDice) {
    await api.endTrial();
    return {
      outcome: 'ended',
      reason: `Dice ${dice.toFixed(3)} with the current one on ${compared} requests`,
    };
  }
  await api.promote(release, version);
  return { outcome: 'promoted', reason: `${compared} requests were compared` };
}

/** The release that serves the hospital, with its weights. @throws InputError for one that nights cannot work on */
export async function loadParent({ store, hospital }: NightContext, hash: string): Promise<Release> {
  const release = await loadRelease(store, hash, servingSpecs);
  const [height, width] = release.manifest.input.size;
  if (height === width) return release;
  throw new InputError({
    code: 'not-square',
    input: `release of hospital ${hospital}`,
    problem: `looks at ${width} × ${height} pixels; heads are trained on squares`,
    remedy: 'Leave this hospital out of the settings',
  });
}
