import { describe, expect, it } from 'vitest';
import { sourceOf } from './answer.fixtures.ts';
import { contentDate, dateAndTime } from './date-time.ts';

describe('date and time of an object', () => {
  const moment = new Date('2024-12-31T23:30:05.120Z');

  it.each([
    [undefined, '20241231', '233005.120'],
    ['+0100', '20250101', '003005.120'],
    ['-0330', '20241231', '200005.120'],
    ['nonsense', '20241231', '233005.120'],
  ])('with the offset %s', (offset, date, time) => {
    expect(dateAndTime(moment, offset)).toEqual({ date, time });
  });
});

describe('the content date of an answer', () => {
  const source = sourceOf({ kind: 'CT' }); // begun 2024-01-02 03:04:05
  const released = (text: string) => new Date(text);

  it('is when its release was made, or when the study began if that is later', () => {
    expect(contentDate(source, released('2025-01-01T00:00:00Z'))).toEqual(new Date('2025-01-01T00:00:00Z'));
    expect(contentDate(source, released('2023-01-01T00:00:00Z'))).toEqual(new Date('2024-01-02T03:04:05Z'));
  });

  it('minds the offset of the study, times cut short and no date at all', () => {
    const early = released('2000-01-01T00:00:00Z');
    const east = { ...source, series: { TimezoneOffsetFromUTC: '+0200' } };
    expect(contentDate(east, early)).toEqual(new Date('2024-01-02T01:04:05Z'));
    expect(contentDate({ ...source, study: { StudyDate: '20240102', StudyTime: '03' } }, early)).toEqual(
      new Date('2024-01-02T03:00:00Z'),
    );
    expect(contentDate({ ...source, study: { StudyDate: '' } }, early)).toEqual(early);
  });
});
