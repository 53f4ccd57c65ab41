import type { WorkerBundle } from '@d-persona/trainer/serve/bundle-worker.ts';
import { NativePeer } from './native-peer.ts';
import type { Part } from './peer.ts';
import { median, rounded } from './statistics.ts';
import { WorkerPeer } from './worker-peer.ts';

const PARTS: readonly Part[] = ['encode', 'personas', 'persona', 'samples50'];
type PeerName = 'engine' | 'tfjs' | 'ort_web' | 'ort_native';

type PartFigures = Record<Part | 'whole', number> & { wasm_mb?: number };

/** Figures of one size; times are of a whole request, an image encoded and its personas drawn. */
export interface SizeFigures {
  engine_ms: number;
  tfjs_ms: number;
  ort_web_ms: number;
  ort_native_ms: number;
  engine_over_ort_web: number;
  engine_over_tfjs: number;
  engine_over_ort_native: number;
  samples50_over_ort_web: number;
  parts: Partial<Record<PeerName, PartFigures>>;
}

/** Largest difference of probabilities that is still the same model. */
const SAME = 1e-3;

/** Times all peers at one size, in turns. */
export async function measureSize(bundle: WorkerBundle, side: number, rounds: number): Promise<SizeFigures> {
  const workers = {
    engine: new WorkerPeer(bundle, 'engine', side),
    tfjs: new WorkerPeer(bundle, 'tfjs', side),
    ort_web: new WorkerPeer(bundle, 'ort-web', side),
  };
  try {
    const peers = { ...workers, ort_native: await NativePeer.start(side) };
    const names = Object.keys(peers) as PeerName[];
    await assertSame(peers);
    const samples = new Map<string, number[]>();
    for (let round = 0; round < rounds; round++) {
      for (const part of PARTS) {
        // So often that the clock's step of 1 ms does not matter.
        const often = { encode: 1, personas: 4, persona: 16, samples50: 1 }[part];
        const times = side <= 128 ? 2 * often : often;
        for (const name of names) {
          const key = `${name}/${part}`;
          samples.set(key, [...(samples.get(key) ?? []), await peers[name].measure(part, times)]);
        }
      }
    }
    const parts: SizeFigures['parts'] = {};
    for (const name of names) {
      const of = (part: Part) => median(samples.get(`${name}/${part}`) ?? []);
      const [encode, personas, persona, samples50] = [
        of('encode'),
        of('personas'),
        of('persona'),
        of('samples50'),
      ];
      parts[name] = { whole: encode + personas, encode, personas, persona, samples50 };
    }
    for (const [name, worker] of Object.entries(workers))
      Object.assign(parts[name as PeerName] ?? {}, { wasm_mb: (await worker.memoryBytes()) / 1e6 });
    return figures(parts);
  } finally {
    await Promise.all(Object.values(workers).map((worker) => worker.stop()));
  }
}

function figures(parts: SizeFigures['parts']): SizeFigures {
  const whole = (name: PeerName) => parts[name]?.whole ?? Number.NaN;
  const ratio = (a: number | undefined, b: number | undefined) =>
    rounded((a ?? Number.NaN) / (b ?? Number.NaN));
  const readable = Object.entries(parts).map(([name, values]) => [
    name,
    Object.fromEntries(Object.entries(values).map(([part, value]) => [part, rounded(value)])),
  ]);
  return {
    engine_ms: rounded(whole('engine')),
    tfjs_ms: rounded(whole('tfjs')),
    ort_web_ms: rounded(whole('ort_web')),
    ort_native_ms: rounded(whole('ort_native')),
    engine_over_ort_web: ratio(whole('engine'), whole('ort_web')),
    engine_over_tfjs: ratio(whole('engine'), whole('tfjs')),
    engine_over_ort_native: ratio(whole('engine'), whole('ort_native')),
    samples50_over_ort_web: ratio(parts.engine?.samples50, parts.ort_web?.samples50),
    parts: Object.fromEntries(readable),
  };
}

/** All peers draw the same persona: else their times are not of the same work. */
async function assertSame(peers: Record<PeerName, WorkerPeer | NativePeer>): Promise<void> {
  let expected: number[] | undefined;
  for (const [name, peer] of Object.entries(peers)) {
    await peer.measure('persona', 1);
    const map = await peer.map();
    expected ??= map;
    const furthest = map.reduce(
      (most, p, i) => Math.max(most, Math.abs(p - (expected?.[i] ?? Number.NaN))),
      0,
    );
    if (!(furthest < SAME))
      throw new Error(`${name} draws something else: probabilities differ by ${furthest}`);
  }
}
