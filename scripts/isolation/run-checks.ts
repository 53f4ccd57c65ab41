import type { Check } from './check.ts';

/** A check that did not come out as it must. */
export interface Leak {
  readonly operation: string;
  readonly who: string;
  readonly problem: string;
}

/** Sends the request of a check. @returns what leaked, or undefined */
export async function runCheck(url: string, check: Check): Promise<Leak | undefined> {
  const { operation, who, key, values, body, expected, secrets } = check;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? 'x'),
  );
  const response = await fetch(url + path, {
    method: operation.method,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      'if-match': '"0"',
    },
    ...(body !== undefined && operation.method !== 'GET' && { body }),
  });
  const text = await response.text();
  const leak = (problem: string) => ({ operation: `${operation.method} ${operation.path}`, who, problem });
  if (!expected(response.status)) return leak(`status ${response.status}`);
  const sent = Object.values(values).concat(body ?? '');
  // What the caller sent itself may come back; the rest of the other hospital must not.
  const told = secrets.filter(
    (secret) => text.includes(secret) && !sent.some((value) => value.includes(secret)),
  );
  return told.length > 0 ? leak(`tells ${told.length} things of another hospital`) : undefined;
}
