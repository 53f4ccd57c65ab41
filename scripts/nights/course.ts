import type { HospitalReport } from '@d-persona/trainer/nightly/night-results.ts';
import type { Core } from './core.ts';
import type { Curve } from './curve.ts';
import type { SimulatedHospital } from './hospital.ts';
import type { ReaderDice } from './measure.ts';
import type { Reader } from './readers.ts';

export interface Course {
  readonly hospital: SimulatedHospital;
  readonly readers: readonly Reader[];
  /** Images of each night. */
  readonly parts: readonly Core['samples'][];
  readonly curve: Curve;
  /** Of the release that serves, on unseen images. */
  measure(release: string): Promise<ReadonlyMap<string, ReaderDice>>;
  tell(line: string): void;
}

function readerRow({ id }: Reader, was: ReaderDice, is: ReaderDice, { heads, readers }: HospitalReport) {
  const head = heads.find(({ persona }) => persona === id);
  const decision = head?.judgement.decision ?? 'nothing';
  return {
    reader: id,
    dice_before: was.persona ?? was.consensus,
    dice_after: is.persona ?? is.consensus,
    nearest_persona: is.nearest,
    consensus: is.consensus,
    decision: decision === 'publish' ? 'promoted' : decision,
    reason:
      head?.judgement.reason ?? readers.find(({ persona }) => persona === id)?.reason ?? 'no head was due',
  };
}

/** Night after night: outlines come in, the nightly retraining learns, what serves then is measured. */
export async function runCourse({ hospital, readers, parts, curve, measure, tell }: Course, release: string) {
  const rows = [];
  const seconds: number[] = [];
  let handedIn = 0;
  let served = release;
  let before = await measure(served);
  for (const reader of readers) curve.add(0, reader, before.get(reader.id) as ReaderDice);
  for (const [n, part] of parts.entries()) {
    const night = `night-${n + 1}`;
    for (const reader of readers) handedIn += await hospital.handIn(reader, part, night);
    const report = await hospital.night(night);
    served = report.decision === 'promoted' ? (report.release as string) : served;
    const after = await measure(served);
    seconds.push(...report.heads.map((head) => head.seconds));
    const readerRows = readers.map((reader) => {
      const [was, is] = [before.get(reader.id) as ReaderDice, after.get(reader.id) as ReaderDice];
      curve.add(n + 1, reader, is);
      return readerRow(reader, was, is, report);
    });
    const { reader: _, ...first } = readerRows[0] as (typeof readerRows)[number];
    rows.push({ cases: part.length, ...first, readers: readerRows });
    tell(JSON.stringify(rows.at(-1)));
    before = after;
  }
  return { rows, seconds, handedIn };
}
