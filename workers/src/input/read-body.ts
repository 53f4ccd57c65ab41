import { ProblemError } from '../problem/problem-error.ts';
import type { HeldBytes } from './held-bytes.ts';

export interface BodyLimits {
  /** Most bytes of this body. */
  readonly maxBytes: number;
  /** What all bodies hold together. */
  readonly held: HeldBytes;
}

/**
 * Reads a body of at most so many bytes and hands it to `use`, as long as which its bytes count as held.
 * A `content-length` over the limit is refused at once; since it may lie or be absent, the stream is counted too.
 *
 * @throws ProblemError 413 over the limit, 503 when other bodies fill the memory.
 */
export async function withBody<T>(
  request: Request,
  { maxBytes, held }: BodyLimits,
  use: (body: Uint8Array<ArrayBuffer>) => Promise<T>,
): Promise<T> {
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes);
  let taken = 0;
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of chunksOf(request.body)) {
      if (taken + chunk.length > maxBytes) throw tooLarge(maxBytes);
      held.take(chunk.length);
      taken += chunk.length;
      chunks.push(chunk);
    }
    return await use(joined(chunks, taken));
  } finally {
    held.give(taken);
  }
}

async function* chunksOf(body: Request['body']): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Stops a sender whose body is refused half-way.
    await reader.cancel().catch(() => undefined);
  }
}

function joined(chunks: Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks.splice(0)) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

function tooLarge(maxBytes: number): ProblemError {
  return new ProblemError(
    'too-large',
    `The body has more than ${maxBytes} bytes, the limit of this server. Crop the image, or compress it better.`,
  );
}
