import type { WorkerBundle } from '@d-persona/trainer/serve/bundle-worker.ts';
import { NativePeer } from './native-peer.ts';
import type { Part } from './peer.ts';
import { median, rounded } from './statistics.ts';
import { WorkerPeer } from './worker-peer.ts';

const PARTS = ['encode', 'personas', 'persona', 'samples50'] as const satisfies readonly Part[];
const NAMES = ['engine', 'tfjs', 'ort_web', 'ort_native'] as const;
type PeerName = (typeof NAMES)[number];

/** Milliseconds of each part; a whole request is an image encoded and its personas drawn. */
type PartFigures = Record<Part | 'whole', number>;
type Table = Record<PeerName, PartFigures>;

interface Ratios {
  engine_over_ort_web: number;
  engine_over_tfjs: number;
  engine_over_ort_native: number;
  samples50_over_ort_web: number;
}

/** Figures of one size: medians by the clock; `cpu` holds the same of processor time, which other work changes less. */
export interface SizeFigures extends Ratios {
  engine_ms: number;
  tfjs_ms: number;
  ort_web_ms: number;
  ort_native_ms: number;
  parts: Table;
  cpu: Ratios & { parts: Table };
  /** Bytes of the WebAssembly memories, in MB. */
  wasm_mb: Partial<Record<PeerName, number>>;
}

/** Largest difference of probabilities that is still the same model. */
const SAME = 1e-3;
/** So often is a part measured at a time that the clocks' steps do not matter much, at 128 × 128. */
const OFTEN: Readonly<Record<Part, number>> = { encode: 3, personas: 16, persona: 64, samples50: 4 };

/** Times all peers at one size, in turns. */
export async function measureSize(bundle: WorkerBundle, side: number, rounds: number): Promise<SizeFigures> {
  const workers = {
    engine: await WorkerPeer.start(bundle, 'engine', side),
    tfjs: await WorkerPeer.start(bundle, 'tfjs', side),
    ort_web: await WorkerPeer.start(bundle, 'ort-web', side),
  };
  try {
    const peers = { ...workers, ort_native: await NativePeer.start(side) };
    await assertSame(peers);
    const clock = new Map<string, number[]>();
    const cpu = new Map<string, number[]>();
    for (let round = 0; round < rounds; round++) {
      for (const part of PARTS) {
        const times = Math.max(1, Math.round((OFTEN[part] * 128 ** 2) / side ** 2));
        for (const name of NAMES) {
          const { ms, cpuMs } = await peers[name].measure(part, times);
          const key = `${name}/${part}`;
          clock.set(key, [...(clock.get(key) ?? []), ms]);
          cpu.set(key, [...(cpu.get(key) ?? []), cpuMs]);
        }
      }
    }
    const memory = Object.entries(workers).map(async ([name, worker]) => [
      name,
      rounded((await worker.memoryBytes()) / 1e6),
    ]);
    const parts = tableOf(clock);
    const cpuParts = tableOf(cpu);
    return {
      engine_ms: parts.engine.whole,
      tfjs_ms: parts.tfjs.whole,
      ort_web_ms: parts.ort_web.whole,
      ort_native_ms: parts.ort_native.whole,
      ...ratiosOf(parts),
      parts,
      cpu: { ...ratiosOf(cpuParts), parts: cpuParts },
      wasm_mb: Object.fromEntries(await Promise.all(memory)),
    };
  } finally {
    await Promise.all(Object.values(workers).map((worker) => worker.stop()));
  }
}

function tableOf(samples: ReadonlyMap<string, readonly number[]>): Table {
  const figures = (name: PeerName): PartFigures => {
    const of = (part: Part) => median(samples.get(`${name}/${part}`) ?? []);
    const [encode, personas] = [of('encode'), of('personas')];
    return {
      whole: rounded(encode + personas),
      encode: rounded(encode),
      personas: rounded(personas),
      persona: rounded(of('persona')),
      samples50: rounded(of('samples50')),
    };
  };
  return {
    engine: figures('engine'),
    tfjs: figures('tfjs'),
    ort_web: figures('ort_web'),
    ort_native: figures('ort_native'),
  };
}

function ratiosOf({ engine, tfjs, ort_web, ort_native }: Table): Ratios {
  return {
    engine_over_ort_web: rounded(engine.whole / ort_web.whole),
    engine_over_tfjs: rounded(engine.whole / tfjs.whole),
    engine_over_ort_native: rounded(engine.whole / ort_native.whole),
    samples50_over_ort_web: rounded(engine.samples50 / ort_web.samples50),
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
