import { describe, expect, it } from 'vitest';
import { maskOf } from '../../../mask/mask.fixtures.ts';
import { sourceOf } from '../answer.fixtures.ts';
import { measureSegment, spreadOf } from './measure.ts';

const source = sourceOf({ kind: 'CT', rows: 2, columns: 4, frames: 3 }); // 0.7 × 0.5 mm
const drawing = (masks: (ReturnType<typeof maskOf> | null)[]) => ({
  id: 'persona/a',
  title: 'A',
  kind: 'persona' as const,
  masks,
});

describe('measurements of a segment', () => {
  it('are in millimetres, on the frame where it is longest', () => {
    const segment = drawing([maskOf(['#...', '....']), maskOf(['####', '....']), maskOf(['##..', '##..'])]);
    const { area, long, short, frame } = measureSegment(source, segment);
    expect(frame).toBe(1);
    expect(area).toBeCloseTo(4 * 0.7 * 0.5, 12);
    expect(long).toBeCloseTo(Math.hypot(2, 0.7), 12);
    expect(short).toBeCloseTo(0.7 / (2 / Math.hypot(2, 0.7)), 12);
  });

  it('are 0 for one that is empty', () => {
    expect(measureSegment(source, drawing([null, null, null]))).toEqual({
      area: 0,
      long: 0,
      short: 0,
      frame: null,
    });
  });

  it('need a pixel spacing', () => {
    const loop = sourceOf({ kind: 'US' });
    expect(() => measureSegment(loop, drawing([null]))).toThrow('no pixel spacing');
  });
});

describe('the spread of measurements', () => {
  it('is minimum, maximum, mean and the standard deviation of the sample', () => {
    expect(spreadOf([2, 4, 9])).toEqual({ minimum: 2, maximum: 9, mean: 5, deviation: Math.sqrt(13) });
  });
});
