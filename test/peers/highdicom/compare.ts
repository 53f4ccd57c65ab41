/**
 * Checks DICOM objects against highdicom (Python): it opens our segmentations and reports and finds the same masks and
 * numbers, and we find the masks of its segmentations. Prints a line for each object; fails if any differs.
 *
 * usage: npm run peer:highdicom
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readSegmentation } from '@d-persona/shared/dicom/annotation/read-segmentation.ts';
import { answerOn, type SourceOptions, sourceOf } from '@d-persona/shared/dicom/answer/answer.fixtures.ts';
import { type Answer, maskOn } from '@d-persona/shared/dicom/answer/answer.ts';
import { segmentationObject } from '@d-persona/shared/dicom/answer/seg/segmentation-object.ts';
import { measureSegment } from '@d-persona/shared/dicom/answer/sr/measure.ts';
import { measurementReport } from '@d-persona/shared/dicom/answer/sr/measurement-report.ts';
import { readFile } from '@d-persona/shared/dicom/read-file.ts';
import { decodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import { z } from 'zod';
import { installHighdicom, runScript } from './highdicom.ts';

const SOURCES: Record<string, SourceOptions> = {
  'CT slice': { kind: 'CT' },
  'CT slice of 64 × 64': { kind: 'CT', rows: 64, columns: 64 },
  'CT series': { kind: 'CT', frames: 4 },
  'CT series, cosines negated': { kind: 'CT', frames: 4, orientation: [-1, 0, 0, 0, -1, 0] },
  'MR series, oblique': { kind: 'MR', frames: 3, orientation: [0.6, 0.8, 0, 0, 0, -1] },
  'enhanced CT': { kind: 'enhanced CT', frames: 4 },
  radiograph: { kind: 'CR' },
  'ultrasound image': { kind: 'US' },
  'ultrasound loop': { kind: 'US', frames: 4 },
};

interface Check {
  readonly title: string;
  readonly file: Uint8Array;
  readonly kind: 'segmentation' | 'report';
  readonly answer: Answer;
  /** What highdicom is to find. */
  readonly expected: unknown;
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What highdicom is to find in a segmentation: digests of the masks on all frames, the empty ones too. */
function expectedMasks(answer: Answer, fractional: boolean): unknown {
  const { source } = answer;
  const empty = new Uint8Array(source.rows * source.columns);
  return {
    segments: answer.segments.map((segment) => ({
      label: segment.title,
      algorithm: { seed: '7', threshold: '0.5', segment: segment.id, release: answer.release.hash },
      masks: source.frames.map((_, frame) => {
        const fractions = segment.probabilities?.[frame];
        if (fractional)
          return digest(fractions ? Uint8Array.from(fractions, (p) => Math.round(255 * p)) : empty);
        return digest(maskOn(source, segment, frame)?.data ?? empty);
      }),
    })),
  };
}

/** What highdicom is to find in a report: planar groups, then those of empty segments, then the spread's numbers. */
function expectedGroups(answer: Answer): unknown[] {
  const groups = answer.segments.map((segment) => {
    const { area, long, short, frame } = measureSegment(answer.source, segment);
    const numbers = [
      ['Area', null, area, 'mm2'],
      ['Long Axis', null, long, 'mm'],
      ['Short Axis', null, short, 'mm'],
    ];
    return { empty: frame === null, group: { id: segment.id, numbers } };
  });
  return groups.toSorted((a, b) => Number(a.empty) - Number(b.empty)).map(({ group }) => group);
}

async function ours(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [title, options] of Object.entries(SOURCES)) {
    const answer = answerOn(sourceOf(options));
    for (const fractional of [false, true]) {
      checks.push({
        title: `${title}: ${fractional ? 'fractional' : 'binary'} segmentation, read by highdicom`,
        file: await segmentationObject(answer, { fractional }),
        kind: 'segmentation',
        answer,
        expected: expectedMasks(answer, fractional),
      });
    }
    if (options.kind === 'US') continue; // no spacing, no report
    checks.push({
      title: `${title}: measurement report, read by highdicom`,
      file: await measurementReport(answer),
      kind: 'report',
      answer,
      expected: expectedGroups(answer),
    });
  }
  return checks;
}

const groupsSchema = z.object({ groups: z.array(z.unknown()) });

function readByHighdicom(folder: string, checks: readonly Check[]): unknown[] {
  const items = checks.map(({ file, kind, answer: { source } }, i) => {
    writeFileSync(join(folder, `${i}.dcm`), file);
    const instances = [...new Set(source.frames.map(({ sopInstanceUid }) => sopInstanceUid))];
    return { file: `${i}.dcm`, kind, instances, frames: source.frames.map(({ frameNumber }) => frameNumber) };
  });
  writeFileSync(join(folder, 'objects.json'), JSON.stringify(items));
  const found = z.array(z.unknown()).parse(JSON.parse(runScript('read_objects.py', folder)));
  // The last group of a report is the spread: that its 12 numbers are right is tested with the report.
  return found.map((read, i) =>
    checks[i]?.kind === 'report' ? groupsSchema.parse(read).groups.slice(0, -1) : read,
  );
}

/** The series that `make_segmentations.py` makes its segmentations of. */
const THEIR_SOURCE = {
  ...sourceOf({ kind: 'CT', rows: 11, columns: 13, frames: 3 }),
  frameOfReferenceUid: '2.25.73',
  frames: [0, 1, 2].map((index) => ({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: `2.25.7000${index + 1}`,
    frameNumber: 1,
    pixelSpacing: [0.8, 0.6] as const,
    imageOrientationPatient: [-1, 0, 0, 0, -1, 0],
    imagePositionPatient: [10, 20, 2 * index],
    sliceThickness: 2,
  })),
};

const masksSchema = z.record(z.string(), z.array(z.array(z.array(z.int()))));

/** Titles of highdicom's segmentations, and whether we find its masks in them. */
function theirs(folder: string): [title: string, equal: boolean][] {
  runScript('make_segmentations.py', folder);
  const masks = masksSchema.parse(JSON.parse(readFileSync(join(folder, 'masks.json'), 'utf8')));
  return Object.entries(masks).map(([name, expected]) => {
    const bytes = new Uint8Array(readFileSync(join(folder, `${name}.dcm`)));
    const { dataSet } = readFile(bytes, { name, maxInflatedBytes: 1 << 24 });
    const found = readSegmentation(dataSet, THEIR_SOURCE, name).map(({ masks }) =>
      masks.map((mask) => (mask ? [...decodeRunLengths(mask, name).data] : Array(11 * 13).fill(0))),
    );
    return [`highdicom's ${name} segmentation, read by us`, isDeepStrictEqual(found, expected)];
  });
}

installHighdicom();
const folder = mkdtempSync(join(tmpdir(), 'd-persona-highdicom-'));
try {
  const checks = await ours();
  const found = readByHighdicom(folder, checks);
  const results = [
    ...checks.map(({ title, expected }, i): [string, boolean] => [
      title,
      isDeepStrictEqual(found[i], expected),
    ]),
    ...theirs(folder),
  ];
  for (const [title, equal] of results) console.log(`${equal ? 'equal  ' : 'DIFFERS'}  ${title}`);
  if (results.some(([, equal]) => !equal)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
