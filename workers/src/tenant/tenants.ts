import { parseKey, verifyKey } from '@d-persona/shared/release/api-key.ts';
import { hashSchema } from '@d-persona/shared/release/manifest.ts';
import { z } from 'zod';
import { unavailable } from '../problem/problem-error.ts';
import type { Sql } from '../store/database.ts';
import {
  type ProviderRow,
  providerRowSchema,
  SELECT_PROVIDER,
  type TokenClaim,
  tokenClaim,
  verifyAppToken,
} from './app-token.ts';
import type { Caller } from './caller.ts';
import { type KeyRow, keyRowSchema, SELECT_KEY } from './key-row.ts';
import { isOperator } from './operator.ts';
import { Remembered } from './remembered.ts';
import { TENANT_COLUMNS, type Tenant, tenantRowSchema } from './tenant.ts';

const RETRY_SECONDS = 5;
/** Of keys and hospitals whose last state is remembered; each is about a kilobyte. */
const MAX_REMEMBERED = 2000;

export interface TenantSettings {
  /** For how long the last state is believed while the database does not answer. */
  readonly staleMs: number;
  /** SHA-256 of the operator's key, hex; without it there is no operator. */
  readonly operatorKeySha256?: string | undefined;
}

/** The hospitals as the database knows them. It is asked for each request: what it takes back ends at once. */
export class Tenants {
  readonly #sql: Sql;
  readonly #settings: TenantSettings;
  readonly #now: () => number;
  readonly #keys: Remembered<KeyRow>;
  readonly #providers: Remembered<ProviderRow>;
  readonly #releases: Remembered<string>;

  constructor(sql: Sql, settings: TenantSettings, now: () => number) {
    this.#sql = sql;
    this.#settings = settings;
    this.#now = now;
    this.#keys = new Remembered({ lifetimeMs: settings.staleMs, max: MAX_REMEMBERED }, now);
    this.#providers = new Remembered({ lifetimeMs: settings.staleMs, max: MAX_REMEMBERED }, now);
    this.#releases = new Remembered({ lifetimeMs: settings.staleMs, max: 1 }, now);
  }

  /** Whose key or token this is and what it may do, or null for one that is wrong, revoked or expired. */
  async caller(token: string): Promise<Caller | null> {
    const { operatorKeySha256 } = this.#settings;
    if (await isOperator(token, operatorKeySha256)) {
      return { who: 'operator', tenant: null, scopes: ['admin', 'release'] };
    }
    const claim = tokenClaim(token);
    return claim === null ? this.#keyHolder(token) : this.#app(token, claim);
  }

  /** The app that shows a token of its hospital's identity provider. */
  async #app(token: string, claim: TokenClaim): Promise<Caller | null> {
    const { issuer, audience } = claim;
    const row = await this.#providers.get(JSON.stringify([issuer, audience]), () =>
      this.#sql.row(providerRowSchema, SELECT_PROVIDER, issuer, audience),
    );
    const app = row === null ? null : await verifyAppToken(token, claim, row.provider, this.#now());
    return row && app && { who: `app:${app.subject}`, tenant: row.tenant, scopes: app.scopes };
  }

  async #keyHolder(token: string): Promise<Caller | null> {
    const parts = parseKey(token);
    if (parts === null) return null;
    const { hospital, id } = parts;
    const row = await this.#keys.get(`${hospital}_${id}`, () =>
      this.#sql.row(keyRowSchema, SELECT_KEY, hospital, id),
    );
    const records = row === null ? [] : [{ ...row.key, id }];
    const record = await verifyKey(records, token);
    if (record === null || row === null) return null;
    if (record.expires !== null && Date.parse(record.expires) <= this.#now()) return null;
    return { who: `key:${id}`, tenant: row.tenant, scopes: record.scopes };
  }

  /** A hospital by its id, or null. */
  tenant(hospital: string): Promise<Tenant | null> {
    return this.#sql.row(
      tenantRowSchema,
      `SELECT ${TENANT_COLUMNS} FROM hospitals AS h WHERE h.id = ? AND h.removed IS NULL`,
      hospital,
    );
  }

  /** The current release of any hospital. @throws ProblemError 503 while no hospital has one */
  async anyRelease(): Promise<string> {
    const release = await this.#releases.get('any', async () => {
      const row = await this.#sql.row(
        z.object({ release: hashSchema }),
        'SELECT release FROM hospitals WHERE release IS NOT NULL AND removed IS NULL LIMIT 1',
      );
      return row?.release ?? null;
    });
    if (release !== null) return release;
    const detail = 'No hospital has a current release. Publish and promote one.';
    throw unavailable('no-release', detail, RETRY_SECONDS);
  }
}
