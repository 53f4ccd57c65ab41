import * as ort from 'onnxruntime-node';
import { ortPeer } from './ort-peer.ts';
import type { Part, Peer, Timing } from './peer.ts';

/** ONNX Runtime, native, one thread, in this process: what the hardware gives without a sandbox. */
export class NativePeer {
  readonly #peer: Peer;

  private constructor(peer: Peer) {
    this.#peer = peer;
  }

  static async start(side: number): Promise<NativePeer> {
    const options = { intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: 'all' } as const;
    const runtime = {
      Tensor: ort.Tensor,
      session: (model: Uint8Array) => ort.InferenceSession.create(model, options),
      memoryBytes: () => 0,
    };
    return new NativePeer(await ortPeer(runtime, side));
  }

  async measure(part: Part, times: number): Promise<Timing> {
    const cpu = process.cpuUsage();
    const start = performance.now();
    for (let i = 0; i < times; i++) await this.#peer[part]();
    const ms = (performance.now() - start) / times;
    const { user, system } = process.cpuUsage(cpu);
    return { ms, cpuMs: (user + system) / 1000 / times };
  }

  async map(): Promise<number[]> {
    return [...this.#peer.map()];
  }
}
