import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import { Random } from '@d-persona/shared/random.ts';
import { describe, expect, it } from 'vitest';
import { smallFigures, smallStudy } from '../report-data.fixtures.ts';
import { CalibrationAccumulator, deviationOfShare, shareOf } from './calibration.ts';
import { chooseCases } from './choose-cases.ts';
import { latentPlane } from './latent-plane.ts';
import { figuresOf, writeFigures } from './write-figures.ts';

describe('calibration', () => {
  it('is perfect where what is predicted is what is drawn, and tells how far it is off elsewhere', () => {
    const same = new CalibrationAccumulator(4, 1);
    same.add([0.1, 0.3, 0.9, 0.9], [0.1, 0.3, 0.8, 1]);
    expect(
      same.finish().bins.map(({ predicted, observed, pixels }) => [predicted, observed, pixels]),
    ).toEqual([
      [0.1, 0.1, 1],
      [0.3, 0.3, 1],
      [0.9, 0.9, 2],
    ]);
    expect(same.finish().error).toBeCloseTo(0, 12);
    const off = new CalibrationAccumulator(2, 0.5);
    off.add([0.5, 0.1], [0.25, 0.2]);
    off.add([0.5, 0.1], [0.25, 0.2]);
    expect(off.finish().error).toBeCloseTo((0.25 + 0.1) / 2, 12);
    expect(off.finish().pixels).toBe(4);
  });

  it('leaves out what nobody touches', () => {
    const background = new CalibrationAccumulator(4, 1);
    background.add([0.001, 0.001], [0, 0.5]);
    expect(background.finish()).toMatchObject({ pixels: 1 });
    expect(new CalibrationAccumulator(4, 1).finish()).toEqual({ bins: [], error: null, pixels: 0 });
  });

  it('is of the share of raters, and of how far they are apart', () => {
    const share = shareOf([Uint8Array.of(1, 1, 0), Uint8Array.of(1, 0, 0)]);
    expect([...share]).toEqual([1, 0.5, 0]);
    expect([...deviationOfShare(share)]).toEqual([0, 0.5, 0]);
  });
});

describe('the plane of a latent space', () => {
  it('is that of the two directions in which the bank varies most, and keeps distances in it', () => {
    const random = new Random(2);
    const bank = Array.from({ length: 400 }, () => [
      5 * random.gaussian(),
      0.1 * random.gaussian(),
      2 * random.gaussian(),
    ]);
    const plane = latentPlane('Case 1', bank, [
      [10, 0, 0],
      [0, 0, 4],
    ]);
    expect(plane.explained[0]).toBeCloseTo(25 / 29.01, 1);
    expect(plane.explained[1]).toBeCloseTo(4 / 29.01, 1);
    const [a, b] = plane.prompts as [[number, number], [number, number]];
    expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeCloseTo(Math.hypot(10, 4), 1);
    expect(plane.bank).toHaveLength(300);
  });

  it('may have one dimension only', () => {
    const bank = Array.from({ length: 10 }, (_, i) => [i]);
    expect(latentPlane('Case 1', bank, [[3]]).prompts).toHaveLength(1);
  });
});

describe('the images that are shown', () => {
  const candidate = (id: number, changes = {}) => ({
    id: `i${id}`,
    patient: `p${id}`,
    complete: true,
    area: 100,
    disagreement: id / 10,
    ...changes,
  });

  it('go from little to much disagreement, one of each patient', () => {
    const candidates = Array.from({ length: 11 }, (_, i) =>
      candidate(i, { patient: `p${Math.floor(i / 2)}` }),
    );
    const chosen = chooseCases(candidates, 3);
    expect(chosen).toHaveLength(3);
    expect(chosen).toEqual([...chosen].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))));
    expect(new Set(chosen.map((id) => Math.floor(Number(id.slice(1)) / 2))).size).toBe(3);
  });

  it('are neither the smallest nor incomplete ones, where there are others; and no more than there are', () => {
    const candidates = [
      candidate(1, { area: 2 }),
      candidate(2),
      candidate(3, { complete: false }),
      candidate(4),
      candidate(5, { area: 3 }),
    ];
    expect(chooseCases(candidates, 2)).toEqual(['i2', 'i4']);
    expect(chooseCases([candidate(1)], 3)).toEqual(['i1']);
    expect(chooseCases([], 3)).toEqual([]);
  });
});

describe('figures as files', () => {
  it('are SVG and PNG of the same shape, with captions', async () => {
    const { curves } = smallStudy('Small', ['ann', 'bob']);
    const figures = figuresOf(smallFigures('Small', ['ann', 'bob']), curves, 0.3);
    const names = [
      'dice-matrix',
      'diversified-outlines',
      'personalised-outlines',
      'latent-space',
      'calibration',
      'learning-curves',
    ];
    expect(figures.map(({ name }) => name)).toEqual(names);
    const folder = await mkdtemp(join(tmpdir(), 'd-persona-figures-'));
    await writeFigures(figures, folder, 1);
    expect((await readdir(folder)).sort()).toEqual(
      [...names.flatMap((name) => [`${name}.png`, `${name}.svg`]), 'captions.txt'].sort(),
    );
    for (const name of names) {
      const svg = await readFile(join(folder, `${name}.svg`), 'utf8');
      const [, width, height] = /<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
      const png = decodeImage(await readFile(join(folder, `${name}.png`)), { name, maxPixels: 50_000_000 });
      expect(png.width).toBe(Number(width));
      expect(png.height).toBe(Number(height));
      expect(svg).not.toMatch(/currentColor|var\(--/);
      expect(new Set(png.data).size).toBeGreaterThan(20); // it is drawn, text and all
    }
    const matrix = await readFile(join(folder, 'dice-matrix.svg'), 'utf8');
    expect(matrix).toContain('>0.910<');
    expect(await readFile(join(folder, 'personalised-outlines.svg'), 'utf8')).toContain('Dice 0.76');
    expect(await readFile(join(folder, 'captions.txt'), 'utf8')).toContain(
      'Small: 6 test images of 3 patients',
    );
  });
});
