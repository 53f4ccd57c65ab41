import { picturePng } from '../../test/support/picture.ts';
import { childRssMiB, childSeconds } from './children.ts';
import { IMAGE_SIZE } from './make-hospitals.ts';

export interface BenchHospital {
  readonly id: string;
  readonly key: string;
}

/** What a Worker did under load. */
export interface Load {
  readonly requests: number;
  readonly failed: number;
  /** By the wall clock, on a machine that may have other work. */
  readonly per_second: number;
  /** By the computing time of the runtime's processes. */
  readonly per_core_second: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly rss_mib: number;
}

/** Requests at once. */
const CLIENTS = 4;

/** Asks the hospitals in turn, for so many seconds, after each was asked once (at most a hundred of them). */
export async function measureLoad(
  url: string,
  hospitals: readonly BenchHospital[],
  seconds: number,
): Promise<Load> {
  let number = 0;
  const ask = async (): Promise<boolean> => {
    const i = number++;
    const { id, key } = hospitals[i % hospitals.length] as BenchHospital;
    const response = await fetch(`${url}/v1/hospitals/${id}/personas/rank-1/segmentations`, {
      method: 'POST',
      body: picturePng(IMAGE_SIZE, IMAGE_SIZE, i),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'image/png' },
    });
    await response.arrayBuffer();
    return response.ok;
  };
  for (let i = 0; i < Math.min(100, hospitals.length + 10); i++) {
    if (!(await ask())) throw new Error('The server does not answer with a segmentation');
  }

  const times: number[] = [];
  let failed = 0;
  const [start, cpu] = [performance.now(), await childSeconds()];
  const client = async () => {
    while (performance.now() - start < 1000 * seconds) {
      const began = performance.now();
      if (!(await ask())) failed++;
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const elapsed = (performance.now() - start) / 1000;
  const used = (await childSeconds()) - cpu;
  times.sort((a, b) => a - b);
  const round = (value: number) => Math.round(10 * value) / 10;
  return {
    requests: times.length,
    failed,
    per_second: round(times.length / elapsed),
    per_core_second: round(times.length / used),
    p50_ms: round(times[Math.floor(times.length * 0.5)] ?? 0),
    p95_ms: round(times[Math.floor(times.length * 0.95)] ?? 0),
    rss_mib: Math.round(await childRssMiB()),
  };
}
