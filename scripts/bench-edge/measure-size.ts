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
type Table = Record<PeerName, PartFigures | null>;

interface Ratios {
  engine_over_ort_web: number | null;
  engine_over_tfjs: number | null;
  engine_over_ort_native: number | null;
  samples50_over_ort_web: number | null;
}

/**
 * Figures of one size: medians by the clock; `cpu` holds the same of processor time, which other work changes less.
 * Null stands for a peer that did not run.
 */
export interface SizeFigures extends Ratios {
  engine_ms: number | null;
  tfjs_ms: number | null;
  ort_web_ms: number | null;
  ort_native_ms: number | null;
  parts: Table;
  cpu: Ratios & { parts: Table };
  /** Bytes of the WebAssembly memories, in MB. */
  wasm_mb: Partial<Record<PeerName, number>>;
  /** Peers that did not run, and why; and those that ran here, but take more than the 128 MB of an isolate. */
  absent: Partial<Record<PeerName, string>>;
  beyond_isolate: PeerName[];
}

/** Largest difference of probabilities that is still the same model. */
const SAME = 1e-3;
/** So often is a part measured at a time that the clocks' steps do not matter much, at 128 × 128. */
const OFTEN: Readonly<Record<Part, number>> = { encode: 3, personas: 16, persona: 64, samples50: 4 };

const ISOLATE_MB = 128;

type AnyPeer = WorkerPeer | NativePeer;

/** Times all peers at one size, in turns. */
export async function measureSize(bundle: WorkerBundle, side: number, rounds: number): Promise<SizeFigures> {
  const peers = new Map<PeerName, AnyPeer>();
  const absent: SizeFigures['absent'] = {};
  try {
    peers.set('engine', await WorkerPeer.start(bundle, 'engine', side));
    peers.set('tfjs', await WorkerPeer.start(bundle, 'tfjs', side));
    peers.set('ort_web', await WorkerPeer.start(bundle, 'ort-web', side));
    peers.set('ort_native', await NativePeer.start(side));
    const maps = await firstMaps(peers, absent);
    assertSame(maps);
    const running = [...peers].filter(([name]) => maps.has(name));
    const clock = new Map<string, number[]>();
    const cpu = new Map<string, number[]>();
    for (let round = 0; round < rounds; round++) {
      for (const part of PARTS) {
        const times = Math.max(1, Math.round((OFTEN[part] * 128 ** 2) / side ** 2));
        for (const [name, peer] of running) {
          const { ms, cpuMs } = await peer.measure(part, times);
          const key = `${name}/${part}`;
          clock.set(key, [...(clock.get(key) ?? []), ms]);
          cpu.set(key, [...(cpu.get(key) ?? []), cpuMs]);
        }
      }
    }
    const wasm: SizeFigures['wasm_mb'] = {};
    for (const [name, peer] of running)
      if (peer instanceof WorkerPeer) wasm[name] = rounded((await peer.memoryBytes()) / 1e6);
    const parts = tableOf(clock);
    const cpuParts = tableOf(cpu);
    return {
      engine_ms: parts.engine?.whole ?? null,
      tfjs_ms: parts.tfjs?.whole ?? null,
      ort_web_ms: parts.ort_web?.whole ?? null,
      ort_native_ms: parts.ort_native?.whole ?? null,
      ...ratiosOf(parts),
      parts,
      cpu: { ...ratiosOf(cpuParts), parts: cpuParts },
      wasm_mb: wasm,
      absent,
      beyond_isolate: NAMES.filter((name) => (wasm[name] ?? 0) > ISOLATE_MB),
    };
  } finally {
    for (const peer of peers.values()) if (peer instanceof WorkerPeer) await peer.stop();
  }
}

/** A persona drawn by each peer. What cannot do that (its memory does not suffice, say) is left out, with the reason. */
async function firstMaps(
  peers: ReadonlyMap<PeerName, AnyPeer>,
  absent: SizeFigures['absent'],
): Promise<Map<PeerName, number[]>> {
  const maps = new Map<PeerName, number[]>();
  for (const [name, peer] of peers) {
    try {
      await peer.measure('persona', 1);
      maps.set(name, await peer.map());
    } catch (error) {
      if (name === 'engine') throw error;
      absent[name] = error instanceof Error ? error.message : String(error);
    }
  }
  return maps;
}

function tableOf(samples: ReadonlyMap<string, readonly number[]>): Table {
  const figures = (name: PeerName): PartFigures | null => {
    if (!samples.has(`${name}/encode`)) return null;
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
  const ratio = (own?: number, other?: number) =>
    own === undefined || other === undefined ? null : rounded(own / other);
  return {
    engine_over_ort_web: ratio(engine?.whole, ort_web?.whole),
    engine_over_tfjs: ratio(engine?.whole, tfjs?.whole),
    engine_over_ort_native: ratio(engine?.whole, ort_native?.whole),
    samples50_over_ort_web: ratio(engine?.samples50, ort_web?.samples50),
  };
}

/** All peers draw the same persona: else their times are not of the same work. */
function assertSame(maps: ReadonlyMap<PeerName, readonly number[]>): void {
  const expected = maps.get('engine') ?? [];
  for (const [name, map] of maps) {
    const furthest = map.reduce((most, p, i) => Math.max(most, Math.abs(p - (expected[i] ?? Number.NaN))), 0);
    if (!(furthest < SAME))
      throw new Error(`${name} draws something else: probabilities differ by ${furthest}`);
  }
}
