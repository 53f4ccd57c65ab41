import { DurableObject } from 'cloudflare:workers';
import type { AnnotationsEnd, AnnotationWrite, Withdrawal } from '../annotation/annotation-writes.ts';
import type { Bindings } from '../bindings.ts';
import { settingsSchema } from '../settings.ts';
import { Sql } from '../store/database.ts';
import { R2Store } from '../store/r2-store.ts';
import { HospitalWriter, type HospitalWrites, type Promotion, type TrialChange } from './hospital-writer.ts';
import type { NewRelease } from './release-writes.ts';

/** One for each hospital in the whole world, so that its writes are made one after another. */
export class HospitalObject extends DurableObject<Bindings> implements HospitalWrites {
  readonly #writer: HospitalWriter;

  constructor(state: unknown, bindings: Bindings) {
    super(state, bindings);
    const { DATABASE_TIMEOUT_MS, STORE_TIMEOUT_MS } = settingsSchema.parse(bindings);
    this.#writer = new HospitalWriter({
      sql: new Sql(bindings.DB, DATABASE_TIMEOUT_MS),
      store: new R2Store(bindings.STORE, STORE_TIMEOUT_MS),
      now: Date.now,
    });
  }

  promote(promotion: Promotion) {
    return this.#writer.promote(promotion);
  }

  setTrial(change: TrialChange) {
    return this.#writer.setTrial(change);
  }

  addRelease(release: NewRelease) {
    return this.#writer.addRelease(release);
  }

  annotate(annotation: AnnotationWrite) {
    return this.#writer.annotate(annotation);
  }

  withdraw(withdrawal: Withdrawal) {
    return this.#writer.withdraw(withdrawal);
  }

  endAnnotations(end: AnnotationsEnd) {
    return this.#writer.endAnnotations(end);
  }
}
