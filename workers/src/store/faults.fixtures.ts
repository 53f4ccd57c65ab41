import type { Database, SqlValue, Statement } from './database.ts';
import type { ErasableStore } from './r2-store.ts';
import { within } from './within.ts';

/** How a step of the border goes wrong: whether what it asks is done, and whether the Worker lives on. */
export interface Fault {
  /** Counted from 0, over store and database together. */
  readonly step: number;
  readonly done: boolean;
  /** Whether nothing happens after it: the Worker was stopped. */
  readonly stopped: boolean;
}

/** All four ways in which a step can go wrong. */
export const FAULTS: readonly Omit<Fault, 'step'>[] = [
  { done: false, stopped: false },
  { done: true, stopped: false },
  { done: false, stopped: true },
  { done: true, stopped: true },
];

/** Lets one step between the Worker and its stores fail, or all from one on. */
export class Faults {
  #fault: Fault | undefined;
  #steps = 0;
  /** Set to make every step wait for ever, as stores that do not answer. */
  hanging = false;

  /** From now on steps are counted, and one goes wrong. */
  arm(fault: Fault): void {
    this.#fault = fault;
    this.#steps = 0;
  }

  /** @returns whether the step was reached that was to go wrong */
  disarm(): boolean {
    const reached = this.#fault !== undefined && this.#steps > this.#fault.step;
    this.#fault = undefined;
    return reached;
  }

  async at<T>(work: () => Promise<T>): Promise<T> {
    if (this.hanging) return new Promise(() => undefined);
    const step = this.#steps++;
    const fault = this.#fault;
    if (fault === undefined || step < fault.step) return work();
    if (step > fault.step && !fault.stopped) return work();
    if (step === fault.step && fault.done) await work();
    throw new Error(`The stores fail at step ${step}`);
  }
}

/** A store whose steps may fail: it throws what `R2Store` does, and waits no longer. */
export function faultyStore(
  store: ErasableStore,
  faults: Faults,
  timeoutMs: number,
  failed: (cause: unknown) => Error,
) {
  const step = <T>(work: () => Promise<T>) =>
    faults.hanging ? within(timeoutMs, () => faults.at(work)) : faults.at(work);
  const at = <T>(work: () => Promise<T>) =>
    step(work).catch((cause: unknown) => {
      throw cause instanceof Error && cause.message.startsWith('The stores fail') ? failed(cause) : cause;
    });
  return {
    has: (key) => at(() => store.has(key)),
    get: (key) => at(() => store.get(key)),
    put: (key, bytes) => at(() => store.put(key, bytes)),
    delete: (key) => at(() => store.delete(key)),
    list: (prefix) => at(() => store.list(prefix)),
    async *pages(prefix) {
      for await (const page of store.pages(prefix)) yield await at(async () => page);
    },
  } satisfies ErasableStore;
}

export function faultyDatabase(database: Database, faults: Faults): Database {
  return {
    prepare: (sql) => new FaultyStatement(database.prepare(sql), faults),
    batch: (statements) =>
      faults.at(() => database.batch(statements.map((statement) => (statement as FaultyStatement).inner))),
  };
}

class FaultyStatement implements Statement {
  readonly inner: Statement;
  readonly #faults: Faults;

  constructor(inner: Statement, faults: Faults) {
    this.inner = inner;
    this.#faults = faults;
  }

  bind(...values: SqlValue[]): FaultyStatement {
    return new FaultyStatement(this.inner.bind(...values), this.#faults);
  }

  all(): Promise<{ results: unknown[] }> {
    return this.#faults.at(() => this.inner.all());
  }
}
