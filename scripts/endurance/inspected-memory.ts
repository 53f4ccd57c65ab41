import { z } from 'zod';

/** Bytes of an isolate, garbage that was not yet collected included. */
export interface InspectedMemory {
  /** Objects of JavaScript. */
  readonly heap: number;
  /** Array buffers; V8 does not count WebAssembly memories among them. */
  readonly buffers: number;
}

const targetsSchema = z.array(z.looseObject({ webSocketDebuggerUrl: z.string() }));
const answerSchema = z.looseObject({ id: z.int().optional(), result: z.unknown().optional() });
const usageSchema = z.looseObject({ usedSize: z.number(), backingStorageSize: z.number() });

/** Looks into the isolate of a Worker, by V8's inspector. */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { id = -1, result } = answerSchema.parse(JSON.parse(String(data)));
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  /** @param inspector `RunningWorker.inspector` */
  static async open(inspector: string): Promise<Inspector> {
    const targets = targetsSchema.parse(await (await fetch(`http://${inspector}/json`)).json());
    const [target] = targets;
    if (target === undefined) throw new Error('The runtime has nothing to inspect');
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error('The inspector does not answer')));
    });
    return new Inspector(socket);
  }

  async memory(): Promise<InspectedMemory> {
    const { usedSize, backingStorageSize } = usageSchema.parse(await this.#ask('Runtime.getHeapUsage'));
    return { heap: usedSize, buffers: backingStorageSize };
  }

  close(): void {
    this.#socket.close();
  }

  #ask(method: string): Promise<unknown> {
    const id = ++this.#id;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method }));
    return promise;
  }
}
