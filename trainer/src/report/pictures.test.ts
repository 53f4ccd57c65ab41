import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { displayPixels } from './display-pixels.ts';
import { heatMapPng } from './heat-map.ts';
import { html } from './html.ts';
import { disc, SIZE } from './report-data.fixtures.ts';
import { tile } from './tile.ts';
import { windowOfInterest } from './window-of-interest.ts';

describe('pictures of the report', () => {
  it('an outline follows the pixels of its mask, holes too', () => {
    const mask = Uint8Array.of(1, 1, 1, 1, 0, 1, 1, 1, 1);
    const window = { left: 0, top: 0, side: 3 };
    const outlines = [{ mask, colour: '#fff', stroke: 2, dashed: true }];
    const { markup } = tile({ alt: 'a ring', picture: html``, height: 3, width: 3, window, outlines });
    expect(markup).toContain('viewBox="0 0 3 3"');
    expect(markup).toContain('d="M0 0L3 0L3 3L0 3ZM1 2L2 2L2 1L1 1Z"');
    expect(markup).toContain('stroke-dasharray');
  });

  it('a heat map goes from black over red to pale yellow, brighter with every step', () => {
    const { width, height, channels, data } = decode(
      heatMapPng(
        Uint8Array.from({ length: 256 }, (_, v) => v),
        16,
        16,
      ),
    );
    expect([width, height, channels]).toEqual([16, 16, 3]);
    expect([...data.slice(0, 3)]).toEqual([0, 0, 4]);
    expect([...data.slice(-3)]).toEqual([252, 255, 164]);
    const luma = (v: number) =>
      0.299 * (data[3 * v] as number) +
      0.587 * (data[3 * v + 1] as number) +
      0.114 * (data[3 * v + 2] as number);
    for (let v = 8; v < 256; v += 8) expect(luma(v)).toBeGreaterThan(luma(v - 8));
  });

  it('intensities are stretched between their percentiles, outliers saturated', () => {
    const ramp = Float32Array.from({ length: 1001 }, (_, v) => v - 500);
    ramp[0] = -1e6;
    const shown = displayPixels(ramp);
    expect([shown[0], shown[5], shown[500], shown[995], shown[1000]]).toEqual([0, 0, 128, 255, 255]);
    expect([...displayPixels(new Float32Array(3).fill(7))]).toEqual([128, 128, 128]);
  });

  it('the window holds the masks with a margin, within the image, and all of it without a mask', () => {
    const far = new Uint8Array(100 * 100);
    for (let y = 40; y < 60; y++) far.fill(1, y * 100 + 70, y * 100 + 90);
    expect(windowOfInterest([far], 100, 100)).toEqual({ left: 63, top: 33, side: 34 });
    const corner = new Uint8Array(100 * 100);
    corner[0] = 1;
    expect(windowOfInterest([corner], 100, 100)).toEqual({ left: 0, top: 0, side: 24 });
    expect(windowOfInterest([disc(3)], SIZE, SIZE)).toEqual({ left: 0, top: 0, side: SIZE });
    expect(windowOfInterest([], 60, 100)).toEqual({ left: 0, top: -20, side: 100 });
  });
});
