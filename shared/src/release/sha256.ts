import { toHex } from './hex.ts';

/** SHA-256 as 64 hexadecimal digits, by WebCrypto: the same in Node and in workerd. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  // The type asks for memory that is not shared; shared memory throws there anyway.
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return toHex(new Uint8Array(digest));
}
