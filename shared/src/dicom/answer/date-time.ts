import type { SourceImage } from '../source-image.ts';

/** Date (DA) and time (TM) of a moment where `offset` (Timezone Offset From UTC, "+0100") holds; UTC without it. */
export function dateAndTime(moment: Date, offset?: string): { date: string; time: string } {
  const local = new Date(moment.getTime() + minutesOf(offset) * 60_000).toISOString();
  return {
    date: local.slice(0, 10).replaceAll('-', ''),
    time: `${local.slice(11, 19).replaceAll(':', '')}.${local.slice(20, 23)}`,
  };
}

/**
 * The content date of an answer that depends on nothing but the answer, so that the same answer has the same bytes:
 * when its release was made, or when the study began if that is later; no answer can be older than either.
 */
export function contentDate({ study, series }: SourceImage, releaseCreated: Date): Date {
  const { StudyDate: date, StudyTime: time } = study;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?/.exec(`${date ?? ''}${time ?? ''}`);
  if (parts === null) return releaseCreated;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  const offset = minutesOf(first(series.TimezoneOffsetFromUTC));
  const begun = Date.UTC(year, month - 1, day, hour, minute - offset, second);
  return new Date(Math.max(releaseCreated.getTime(), begun));
}

/** Minutes east of Greenwich. */
function minutesOf(offset: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(offset ?? '') ?? [];
  return sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
}

/** The first of an attribute's values. */
export function first<T>(value: T | readonly T[] | undefined): T | undefined {
  return Array.isArray(value) ? (value as readonly T[])[0] : (value as T | undefined);
}
