import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../dataset.ts';
import { readFile } from '../../read-file.ts';
import type { SourceImage } from '../../source-image.ts';
import { dciodvfyErrors, dcmdump } from '../../validators.fixtures.ts';
import { answerOn, segmentsOn, sourceOf } from '../answer.fixtures.ts';
import { segmentationObject } from '../seg/segmentation-object.ts';
import { measureSegment, spreadOf } from './measure.ts';
import { measurementReport } from './measurement-report.ts';

const SOURCES: Record<string, SourceImage> = {
  'a CT slice': sourceOf({ kind: 'CT' }),
  'a CT series': sourceOf({ kind: 'CT', frames: 4 }),
  'an MR series': sourceOf({ kind: 'MR', frames: 3 }),
  'a radiograph': sourceOf({ kind: 'CR' }),
  'an enhanced CT': sourceOf({ kind: 'enhanced CT', frames: 4 }),
};

const read = (file: Uint8Array) => readFile(file, { name: 'report', maxInflatedBytes: 0 }).dataSet;
const meaning = (item: DataSet, sequence: Parameters<DataSet['items']>[0]) =>
  item.items(sequence)[0]?.string('CodeMeaning');
const named = (item: DataSet, name: string) =>
  item.items('ContentSequence').filter((child) => meaning(child, 'ConceptNameCodeSequence') === name);

/** The measurement groups: tracking identifier, numbers by name (and derivation), the segmentation's frame. */
function groupsOf(report: DataSet) {
  return (named(report, 'Imaging Measurements')[0]?.items('ContentSequence') ?? []).map((group) => ({
    id: named(group, 'Tracking Identifier')[0]?.string('TextValue'),
    uid: named(group, 'Tracking Unique Identifier')[0]?.string('UID'),
    numbers: group
      .items('ContentSequence')
      .filter((item) => item.string('ValueType') === 'NUM')
      .map((item) => {
        const [value] = item.items('MeasuredValueSequence');
        const [derivation] = item.items('ContentSequence');
        return [
          meaning(item, 'ConceptNameCodeSequence'),
          derivation && meaning(derivation, 'ConceptCodeSequence'),
          value?.number('FloatingPointValue'),
          value?.items('MeasurementUnitsCodeSequence')[0]?.string('CodeValue'),
        ];
      }),
    frame: named(group, 'Referenced Segmentation Frame')[0]?.items('ReferencedSOPSequence')[0],
  }));
}

describe.each(Object.entries(SOURCES))('a measurement report of %s', (_, source) => {
  it('has no error for dciodvfy and dcmdump', async () => {
    const file = await measurementReport(answerOn(source));
    expect(dciodvfyErrors(file)).toEqual([]);
    expect(dcmdump(file).filter((line) => /^[EWF]:/.test(line))).toEqual([]);
  });

  it('has area, longest and perpendicular diameter of every segment, and their spread across personas', async () => {
    const answer = answerOn(source);
    const groups = groupsOf(read(await measurementReport(answer)));
    const measured = answer.segments.map((segment) => measureSegment(source, segment));
    expect(groups.map(({ id }) => id)).toEqual([
      ...answer.segments.map(({ id }) => id),
      'spread across personas',
    ]);
    measured.forEach(({ area, long, short }, i) => {
      expect(groups[i]?.numbers).toEqual([
        ['Area', undefined, area, 'mm2'],
        ['Long Axis', undefined, long, 'mm'],
        ['Short Axis', undefined, short, 'mm'],
      ]);
    });
    const { minimum, maximum, mean, deviation } = spreadOf(measured.slice(0, 3).map(({ long }) => long));
    expect(groups.at(-1)?.numbers.slice(4, 8)).toEqual([
      ['Long Axis', 'Minimum', minimum, 'mm'],
      ['Long Axis', 'Maximum', maximum, 'mm'],
      ['Long Axis', 'Mean', mean, 'mm'],
      ['Long Axis', 'Standard Deviation', deviation, 'mm'],
    ]);
  });

  it('refers to the frames of the segmentation of the same answer', async () => {
    const answer = answerOn(source);
    const segmentation = read(await segmentationObject(answer));
    const frames = segmentation.items('PerFrameFunctionalGroupsSequence');
    const segments = segmentation.items('SegmentSequence');
    groupsOf(read(await measurementReport(answer)))
      .slice(0, 4)
      .forEach(({ frame, uid, id }, i) => {
        expect(frame?.string('ReferencedSOPInstanceUID')).toBe(segmentation.string('SOPInstanceUID'));
        const groups = frames[(frame?.number('ReferencedFrameNumber') ?? 0) - 1];
        const number = groups?.items('SegmentIdentificationSequence')[0]?.number('ReferencedSegmentNumber');
        expect(number).toBe(i + 1);
        expect(segments[i]?.string('TrackingUID')).toBe(uid);
        expect(segments[i]?.string('TrackingID')).toBe(id);
      });
  });
});

describe('a measurement report', () => {
  const source = sourceOf({ kind: 'CT' });

  it('has no spread of a single persona', async () => {
    const groups = groupsOf(read(await measurementReport(answerOn(source, segmentsOn(source).slice(1, 2)))));
    expect(groups.map(({ id }) => id)).toEqual(['persona/rank-2']);
  });

  it('lists all that it refers to as evidence', async () => {
    const answer = answerOn(sourceOf({ kind: 'CT', frames: 2 }));
    const [evidence] = read(await measurementReport(answer)).items(
      'CurrentRequestedProcedureEvidenceSequence',
    );
    const segmentation = read(await segmentationObject(answer));
    const listed = evidence
      ?.items('ReferencedSeriesSequence')
      .map((series) => [
        series.string('SeriesInstanceUID'),
        series.items('ReferencedSOPSequence').map((item) => item.string('ReferencedSOPInstanceUID')),
      ]);
    expect(listed).toEqual([
      ['2.25.3001', ['2.25.1001', '2.25.1002']],
      [segmentation.string('SeriesInstanceUID'), [segmentation.string('SOPInstanceUID')]],
    ]);
  });

  it('cannot be made without a pixel spacing', async () => {
    await expect(measurementReport(answerOn(sourceOf({ kind: 'US' })))).rejects.toMatchObject({
      code: 'unusable-dicom',
    });
  });

  it('is the same, byte for byte, for the same answer', async () => {
    expect(await measurementReport(answerOn(source))).toEqual(await measurementReport(answerOn(source)));
  });
});
