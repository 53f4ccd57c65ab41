import type { DamagedRelease, Release, Releases } from '@d-persona/shared/contract/releases.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { hashSchema, type Manifest } from '@d-persona/shared/release/manifest.ts';
import { ReleaseError } from '@d-persona/shared/release/release-error.ts';
import { loadManifest } from '@d-persona/shared/release/store.ts';
import { z } from 'zod';
import type { Sql } from '../store/database.ts';
import type { ErasableStore } from '../store/r2-store.ts';
import { partKeys } from './release-writes.ts';
import type { Tenant } from './tenant.ts';

/** Most releases that are told: the newest. */
const MAX_LISTED = 100;

const rowSchema = z.object({ release: hashSchema, added: z.string() });
const evidenceRowSchema = z.object({
  compared: z.int(),
  dice: z.number().nullable(),
  served: z.int(),
  failed: z.int(),
});

/**
 * The manifest of a release that is whole, as far as can be told without reading its weights: those are hashed when it
 * is loaded, and what was wrong then is among the faults.
 */
async function wholeOrFault(store: ErasableStore, release: string): Promise<Manifest | ReleaseError> {
  try {
    const manifest = await loadManifest(store, release, servingSpecs);
    for (const key of partKeys(manifest)) if (!(await store.has(key))) return missingPart(key);
    return manifest;
  } catch (error) {
    if (error instanceof ReleaseError) return error;
    throw error;
  }
}

function missingPart(key: string): ReleaseError {
  return new ReleaseError('release-incomplete', key, 'is not there', 'Publish the release again');
}

/** The releases of a hospital with the figures of each, which is current, and which is on trial. */
export async function listReleases(
  sql: Sql,
  store: ErasableStore,
  tenant: Tenant,
  faults: ReadonlyMap<string, ReleaseError>,
): Promise<Releases> {
  const rows = await sql.rows(
    rowSchema,
    'SELECT release, added FROM releases WHERE hospital = ? ORDER BY added DESC, release LIMIT ?',
    ...([tenant.id, MAX_LISTED] as const),
  );
  const releases: Release[] = [];
  const damaged: DamagedRelease[] = [];
  for (const { release, added } of rows) {
    const manifest = faults.get(release) ?? (await wholeOrFault(store, release));
    if (manifest instanceof ReleaseError) {
      const { input: file, problem } = manifest;
      damaged.push({ release, current: release === tenant.release, added, file, problem });
      continue;
    }
    const { provenance, software, training, personas, metrics } = manifest;
    releases.push({
      release,
      current: release === tenant.release,
      added,
      created: provenance.created,
      software: `${software.name}/${software.version}`,
      dataset: training.dataset,
      personas: personas.map(({ id }) => id),
      metrics,
    });
  }
  const trial = tenant.trial && { ...tenant.trial, evidence: await evidence(sql, tenant) };
  const previous = await previousRelease(sql, tenant);
  const unsound = damaged.length > 0 ? { damaged } : {};
  return { current: tenant.release, previous, version: tenant.version, trial, releases, ...unsound };
}

/** The latest release before the current one that was another. */
async function previousRelease(sql: Sql, { id, release }: Tenant): Promise<string | null> {
  const row = await sql.row(
    z.object({ release: hashSchema }),
    'SELECT release FROM promotions WHERE hospital = ? AND release <> ? ORDER BY version DESC LIMIT 1',
    ...([id, release] as const),
  );
  return row?.release ?? null;
}

/** What the trial has shown since it was started. */
async function evidence(sql: Sql, { id, release, trial }: Tenant) {
  const row = await sql.row(
    evidenceRowSchema,
    `WITH started (at) AS (SELECT coalesce(trial_started, '') FROM hospitals WHERE id = ?),
      drawn AS (SELECT dice FROM comparisons, started
        WHERE hospital = ? AND release = ? AND trial = ? AND comparisons.at >= started.at),
      asked AS (SELECT status FROM audit, started
        WHERE hospital = ? AND audit.at >= started.at AND release = ?)
      SELECT (SELECT count(*) FROM drawn) AS compared, (SELECT avg(dice) FROM drawn) AS dice,
        (SELECT count(*) FROM asked) AS served, (SELECT count(*) FROM asked WHERE status >= 500) AS failed`,
    ...[id, id, release, trial?.release ?? null, id, trial?.release ?? null],
  );
  return row ?? { compared: 0, dice: null, served: 0, failed: 0 };
}
