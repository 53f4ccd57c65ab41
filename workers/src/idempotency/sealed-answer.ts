import { z } from 'zod';

/** An answer that is told again. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const answerSchema = z.strictObject({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
const sealedSchema = z.strictObject({ iv: z.string(), text: z.string() });

/**
 * Seals an answer (AES-256-GCM) with a key made of what only the caller has: whoever reads the database does not learn
 * the API key that an answer may hold.
 *
 * @param token the caller's own key or access token
 * @param key the idempotency key
 */
export async function sealAnswer(answer: KeptAnswer, token: string, key: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(answer));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await sealingKey(token, key), text);
  return JSON.stringify({ iv: toBase64(iv), text: toBase64(new Uint8Array(sealed)) });
}

/** @returns null where another token sealed it: an access token is a new one after a while */
export async function openAnswer(sealed: string, token: string, key: string): Promise<KeptAnswer | null> {
  const { iv, text } = sealedSchema.parse(JSON.parse(sealed));
  const secret = await sealingKey(token, key);
  try {
    const opened = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: fromBase64(iv) },
      secret,
      fromBase64(text),
    );
    return answerSchema.parse(JSON.parse(new TextDecoder().decode(opened)));
  } catch {
    return null;
  }
}

async function sealingKey(token: string, key: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(JSON.stringify(['sealed-answer', token, key]));
  const hash = await crypto.subtle.digest('SHA-256', bytes);
  return crypto.subtle.importKey('raw', hash, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
