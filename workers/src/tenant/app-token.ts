import { type Scope, scopeSchema } from '@d-persona/shared/release/hospital.ts';
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { z } from 'zod';
import { scopesColumnSchema, TENANT_COLUMNS, tenantRowSchema } from './tenant.ts';

/** Of public keys only: with a symmetric one, who checks a token could also make it; `none` is no signature. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];
const CLOCK_TOLERANCE_SECONDS = 30;

/** What a token says of itself, not verified: by which hospital's keys it is to be verified. */
export interface TokenClaim {
  readonly issuer: string;
  readonly audience: string;
}

/** The claim of a JWT, or null for what is none or has not one issuer and one audience. Nothing is verified. */
export function tokenClaim(token: string): TokenClaim | null {
  if (token.split('.').length !== 3) return null;
  try {
    const { iss, aud } = decodeJwt(token);
    const audience = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
    return typeof iss === 'string' && typeof audience === 'string' ? { issuer: iss, audience } : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

const providerColumns = z.object({
  jwks: z.string().transform((text) => JSON.parse(text) as JSONWebKeySet),
  token_scopes: scopesColumnSchema,
});

/** A hospital and its identity provider. */
export const providerRowSchema = z
  .looseObject({ jwks: z.string() })
  .transform((row) => ({ tenant: tenantRowSchema.parse(row), provider: providerColumns.parse(row) }));

export type ProviderRow = z.output<typeof providerRowSchema>;

/** Values: issuer, audience. */
export const SELECT_PROVIDER = `SELECT ${TENANT_COLUMNS}, h.jwks, h.token_scopes FROM hospitals AS h
  WHERE h.issuer = ? AND h.audience = ? AND h.removed IS NULL`;

const claimsSchema = z.looseObject({ sub: z.string().min(1).max(200), scope: z.string().optional() });

/**
 * Verifies an access token of the client credentials grant (OAuth 2, RFC 9068): signature by a key of the hospital,
 * algorithm, issuer, audience, expiry.
 *
 * @param now milliseconds since 1970
 * @returns the app, and those of its scopes that the hospital grants to apps; null for a token that is not valid
 */
export async function verifyAppToken(
  token: string,
  { issuer, audience }: TokenClaim,
  { jwks, token_scopes }: ProviderRow['provider'],
  now: number,
): Promise<{ subject: string; scopes: Scope[] } | null> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    const { sub, scope = '' } = claimsSchema.parse(payload);
    const asked = new Set(scope.split(' '));
    const scopes = scopeSchema.options.filter((name) => asked.has(name) && token_scopes.includes(name));
    return { subject: sub, scopes };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) return null;
    throw error;
  }
}
