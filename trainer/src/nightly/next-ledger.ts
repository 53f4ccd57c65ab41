import type { HospitalLedger, LedgerEntry } from './hospital-ledger.ts';
import type { Checked, HospitalReport } from './night-results.ts';
import type { Pulled } from './pull-night.ts';

/** The ledger's entries with what a night took: set aside or accepted; withdrawn ones are marked. */
export function nightEntries(
  { entries }: HospitalLedger,
  { records }: Pulled,
  { setAside, agreement }: Checked,
  night: string,
): LedgerEntry[] {
  const byId = new Map(entries.map((entry) => [entry.record.id, entry]));
  for (const record of records) {
    const reason = setAside[record.id];
    const status = record.withdrawn ? 'withdrawn' : reason === undefined ? 'accepted' : 'set-aside';
    const before = byId.get(record.id);
    byId.set(record.id, {
      ...{ record, status, reason: reason ?? '', night: before?.night ?? night },
      agreement: agreement[record.id] ?? before?.agreement ?? null,
    });
  }
  return [...byId.values()];
}

/** The ledger once it is known what became of an earlier night's trial: only then has its head learnt anything. */
export function settledLedger(ledger: HospitalLedger, { trial: { outcome } }: Pulled): HospitalLedger {
  if (ledger.trial === null || outcome === 'goes on') return ledger;
  const learnt = outcome === 'promoted' ? ledger.trial.trainedOn : {};
  return { ...ledger, trainedOn: { ...ledger.trainedOn, ...learnt }, trial: null };
}

/**
 * The ledger after a night. The night's cases of a reader whose new head was worse are held: they are not learnt from
 * until a person has looked at them.
 */
export function nextLedger(
  ledger: HospitalLedger,
  entries: readonly LedgerEntry[],
  { cursor }: Pulled,
  { decision, release, night, heads }: HospitalReport,
): HospitalLedger {
  const refused = new Map(
    heads
      .filter(({ judgement }) => judgement.decision === 'refused')
      .map((head) => [head.persona, head.judgement.reason]),
  );
  const learnt = Object.fromEntries(
    heads
      .filter(({ judgement }) => judgement.decision === 'publish')
      .map((head) => [head.persona, head.trainedOn]),
  );
  return {
    ...ledger,
    cursor,
    entries: entries.map((entry) => {
      const reason = refused.get(entry.record.persona);
      const hold = reason !== undefined && entry.night === night && entry.status === 'accepted';
      return hold ? { ...entry, status: 'held', reason: `the head that learnt it was ${reason}` } : entry;
    }),
    trainedOn: decision === 'promoted' ? { ...ledger.trainedOn, ...learnt } : ledger.trainedOn,
    nights: [...ledger.nights, night],
    trial: decision === 'on trial' && release !== null ? { release, trainedOn: learnt } : ledger.trial,
  };
}
