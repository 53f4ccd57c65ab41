import type { z } from 'zod';
import { type Call, type Endpoint, send } from './send.ts';

/** Sends requests about a hospital or the service, and checks the answers. Unsafe ones get an idempotency key. */
export class ApiCaller {
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** @param path from behind `/v1` on */
  async ask<T extends z.ZodType>(
    schema: T,
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<z.output<T>> {
    return schema.parse(await (await this.tell(method, path, body, headers)).json());
  }

  tell(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    return this.call({ method, path, ...content, headers: { ...type, ...headers } });
  }

  call(call: Omit<Call, 'repeatable'>): Promise<Response> {
    const once = call.method === 'GET' ? {} : { 'idempotency-key': idempotencyKey() };
    const headers = { ...once, ...call.headers };
    return send(this.#endpoint, { ...call, path: `/v1${call.path}`, headers, repeatable: true });
  }
}

/** Of one request, however often it is sent: 128 random bits, in browsers without HTTPS too. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The path of something of a hospital. */
export function pathOf(hospital: string, ...steps: string[]): string {
  return ['/hospitals', ...[hospital, ...steps].map(encodeURIComponent)].join('/');
}
