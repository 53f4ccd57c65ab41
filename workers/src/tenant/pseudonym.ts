/**
 * A pseudonym for a patient within a hospital: HMAC-SHA-256 (RFC 2104), hex. Without the secret, an identifier cannot be
 * found again by trying, and two hospitals' pseudonyms of one patient do not match.
 *
 * @param secret of the operator
 */
export async function pseudonym(
  secret: string,
  hospital: string,
  identifiers: readonly string[],
): Promise<string> {
  const text = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', text.encode(secret), algorithm, false, ['sign']);
  const signed = await crypto.subtle.sign(
    'HMAC',
    key,
    text.encode(JSON.stringify([hospital, ...identifiers])),
  );
  return [...new Uint8Array(signed)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
