import type { Mask } from '../../mask/mask.ts';
import { Random } from '../../random.ts';
import type { SourceFrame, SourceImage } from '../source-image.ts';
import type { Answer, AnswerSegment } from './answer.ts';

const CLASSES = {
  CT: '1.2.840.10008.5.1.4.1.1.2',
  MR: '1.2.840.10008.5.1.4.1.1.4',
  CR: '1.2.840.10008.5.1.4.1.1.1',
  US: '1.2.840.10008.5.1.4.1.1.3.1',
  'enhanced CT': '1.2.840.10008.5.1.4.1.1.2.1',
} as const;

export interface SourceOptions {
  readonly kind: keyof typeof CLASSES;
  readonly rows?: number;
  readonly columns?: number;
  readonly frames?: number;
  readonly orientation?: readonly number[];
}

/**
 * A source as it would be read: 23 × 38 pixels (no multiple of 8) of 0.7 × 0.5 mm, frames 2.5 mm apart along the
 * normal. CT and MR are series, enhanced CT and US are one multi-frame instance; CR and US have no place in the patient.
 */
export function sourceOf({
  kind,
  rows = 23,
  columns = 38,
  frames: count = 1,
  orientation = [1, 0, 0, 0, 1, 0],
}: SourceOptions): SourceImage {
  const placed = kind !== 'CR' && kind !== 'US';
  const multiFrame = kind === 'US' || kind === 'enhanced CT';
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = orientation;
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
  const frames = Array.from({ length: count }, (_, i): SourceFrame => {
    const place = {
      imageOrientationPatient: orientation,
      imagePositionPatient: [-12.5, 40.25, -7.125].map((at, axis) => at + 2.5 * i * (normal[axis] as number)),
      sliceThickness: 2,
      pixelSpacing: [0.7, 0.5] as const,
    };
    return {
      sopClassUid: CLASSES[kind],
      sopInstanceUid: `2.25.100${multiFrame ? 1 : i + 1}`,
      frameNumber: multiFrame ? i + 1 : 1,
      ...(placed ? place : { pixelSpacing: kind === 'CR' ? ([0.2, 0.2] as const) : undefined }),
    };
  });
  return {
    rows,
    columns,
    modality: kind.slice(-2),
    studyInstanceUid: '2.25.2001',
    seriesInstanceUid: '2.25.3001',
    frameOfReferenceUid: placed ? '2.25.4001' : undefined,
    multiFrame,
    patient: {
      PatientName: 'Müller^Jürgen',
      PatientID: 'P-17',
      PatientBirthDate: '19600229',
      PatientSex: 'O',
    },
    study: {
      StudyDate: '20240102',
      StudyTime: '030405',
      StudyID: 'S1',
      AccessionNumber: 'A1',
      PatientAge: '063Y',
    },
    series: placed ? { PositionReferenceIndicator: 'SN' } : { PatientOrientation: ['L', 'F'] },
    frames,
  };
}

/** An ellipse, by the shares of height and width that its centre and half-axes have. */
export function ellipse(
  { rows, columns }: { rows: number; columns: number },
  [cx, cy, rx, ry]: readonly [number, number, number, number],
): Mask {
  const data = new Uint8Array(rows * columns);
  for (let i = 0; i < data.length; i++) {
    const x = ((i % columns) + 0.5) / columns;
    const y = (Math.floor(i / columns) + 0.5) / rows;
    data[i] = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1 ? 1 : 0;
  }
  return { height: rows, width: columns, data };
}

/** Three personas that overlap, a consensus and an empty sample, on all frames but the first. */
export function segmentsOn(source: SourceImage): AnswerSegment[] {
  const sizes = { 'persona/rank-1': 0.15, 'persona/rank-2': 0.22, 'persona/rank-3': 0.3, consensus: 0.2 };
  const drawn = Object.entries(sizes).map(([id, size], i): AnswerSegment => {
    const masks = source.frames.map((_, frame) =>
      frame === 0 && source.frames.length > 1
        ? null
        : ellipse(source, [0.4 + 0.05 * i, 0.5 - 0.02 * frame, size, size * (1 + 0.2 * frame)]),
    );
    const kind = id === 'consensus' ? 'consensus' : 'persona';
    return {
      id,
      title: `Größe ${i + 1}`,
      kind,
      masks,
      probabilities: masks.map((mask) => mask && blurred(mask, i)),
    };
  });
  const nothing = source.frames.map(() => null);
  return [
    ...drawn,
    { id: 'sample/0', title: 'Sample 1', kind: 'sample', masks: nothing, probabilities: nothing },
  ];
}

/** Probabilities of at least a half inside the mask, below it outside, 0 in half of the pixels there. */
function blurred({ data }: Mask, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from(data, (inside) => (inside ? 0.5 : 0) + Math.max(0, random.uniform() - 0.5));
}

export function answerOn(
  source: SourceImage,
  segments: readonly AnswerSegment[] = segmentsOn(source),
): Answer {
  return {
    source,
    segments,
    release: { hash: 'ab'.repeat(32) },
    request: { seed: 7, threshold: 0.5 },
    software: { name: 'd-persona', version: '0.1.0' },
    created: new Date('2024-05-06T07:08:09.010Z'),
  };
}
