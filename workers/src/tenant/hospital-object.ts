import { DurableObject } from 'cloudflare:workers';
import type { Bindings } from '../bindings.ts';
import { settingsSchema } from '../settings.ts';
import { Sql } from '../store/database.ts';
import { R2Store } from '../store/r2-store.ts';
import {
  HospitalWriter,
  type HospitalWrites,
  type Outcome,
  type Promotion,
  type TrialChange,
} from './hospital-writer.ts';

/** One for each hospital in the whole world, so that its writes are made one after another. */
export class HospitalObject extends DurableObject<Bindings> implements HospitalWrites {
  readonly #writer: HospitalWriter;

  constructor(state: unknown, bindings: Bindings) {
    super(state, bindings);
    const { DATABASE_TIMEOUT_MS } = settingsSchema.parse(bindings);
    this.#writer = new HospitalWriter(
      new Sql(bindings.DB, DATABASE_TIMEOUT_MS),
      new R2Store(bindings.STORE),
      Date.now,
    );
  }

  promote(promotion: Promotion): Promise<Outcome> {
    return this.#writer.promote(promotion);
  }

  setTrial(change: TrialChange): Promise<Outcome> {
    return this.#writer.setTrial(change);
  }
}
