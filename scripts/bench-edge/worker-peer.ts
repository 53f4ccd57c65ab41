import { OFFLINE, type WorkerBundle } from '@d-persona/trainer/serve/bundle-worker.ts';
import { Miniflare } from 'miniflare';
import { z } from 'zod';
import type { Timing } from './peer.ts';
import { processMs, workerdProcesses } from './process-time.ts';

/** A peer in workerd, in an isolate of its own. */
export class WorkerPeer {
  readonly #runtime: Miniflare;
  readonly #query: string;
  #pid: string | undefined;

  private constructor(bundle: WorkerBundle, name: string, side: number) {
    Object.assign(process.env, OFFLINE);
    this.#query = `peer=${name}&side=${side}`;
    const { main, modules } = bundle;
    this.#runtime = new Miniflare({
      host: '127.0.0.1',
      port: 0,
      telemetry: { enabled: false },
      workers: [
        {
          config: {
            name: 'bench',
            compatibilityDate: '2026-11-01',
            manifest: { mainModule: main, modules },
            env: {},
          },
        },
      ],
    });
  }

  /** Starts one, while no other is being started. */
  static async start(bundle: WorkerBundle, name: string, side: number): Promise<WorkerPeer> {
    const before = await workerdProcesses();
    const peer = new WorkerPeer(bundle, name, side);
    await peer.#runtime.ready;
    peer.#pid = [...(await workerdProcesses())].find((pid) => !before.has(pid));
    return peer;
  }

  /** Its clock moves in steps of 1 ms, its processor's in steps of 10: ask for many times. */
  async measure(part: string, times: number): Promise<Timing> {
    const before = await this.#processMs();
    const ms = await this.#ask(`part=${part}&times=${times}`, z.number());
    return { ms, cpuMs: ((await this.#processMs()) - before) / times };
  }

  async #processMs(): Promise<number> {
    return this.#pid === undefined ? Number.NaN : processMs(this.#pid);
  }

  memoryBytes(): Promise<number> {
    return this.#ask('part=memory', z.number());
  }

  /** The map that the part drew last. */
  map(): Promise<number[]> {
    return this.#ask('part=map', z.array(z.number()));
  }

  stop(): Promise<void> {
    return this.#runtime.dispose();
  }

  async #ask<T>(query: string, schema: z.ZodType<T>): Promise<T> {
    const { origin } = await this.#runtime.ready;
    const response = await fetch(`${origin}/run?${this.#query}&${query}`);
    if (!response.ok) throw new Error(`${this.#query}: ${await response.text()}`);
    return schema.parse(await response.json());
  }
}
