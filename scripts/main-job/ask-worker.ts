import type { Client } from '@d-persona/shared/client/client.ts';
import type { AllPersonas } from '@d-persona/shared/contract/segmentation.ts';
import { decodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';

/** Wall times of requests as the client saw them, ms. */
export interface Timings {
  readonly case: number[];
  readonly persona: number[];
  readonly samples50: number[];
}

/** One image to ask about. */
export interface Question {
  readonly name: string;
  readonly png: Uint8Array;
}

/** What the Worker answered for one image. */
export interface Answer {
  /** Each persona's mask of H·W, in the release's order, as the persona endpoint gave it. */
  readonly personas: readonly Uint8Array[];
  /** All personas, samples, consensus and disagreement; only where they were asked for. */
  readonly all?: AllPersonas;
}

async function timed<T>(times: number[], request: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const answer = await request();
  times.push(performance.now() - start);
  return answer;
}

/**
 * Asks every persona for an image over HTTP: the image is sent once, the personas are asked for its case.
 *
 * @param samples diversified samples to ask for beside; 0 asks for none
 */
export async function askWorker(
  client: Client,
  personas: readonly string[],
  { name, png }: Question,
  samples: number,
  times: Timings,
): Promise<Answer> {
  const created = await timed(times.case, () => client.createCase(png, name));
  const masks: Uint8Array[] = [];
  for (const persona of personas) {
    const { mask } = await timed(times.persona, () => client.segmentAs(persona, { case: created.case }));
    masks.push(decodeRunLengths(mask, `mask of ${persona}`).data);
  }
  if (samples === 0) return { personas: masks };
  const ask = () => client.segmentAll({ case: created.case }, { samples });
  const all = await (samples === 50 ? timed(times.samples50, ask) : ask());
  return { personas: masks, all };
}
