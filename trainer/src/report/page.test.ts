import { InputError } from '@d-persona/shared/errors.ts';
import { describe, expect, it } from 'vitest';
import { renderReport } from './page.ts';
import { smallCase, smallReport, smallStudy } from './report-data.fixtures.ts';

const VOID = new Set(['meta', 'br', 'image', 'use', 'path', 'rect', 'line']);

/** Checks that every element is closed in its turn (the page is written as XML would be); gives their names. */
function elementsOf(page: string): string[] {
  const body = page.replace(/^<!doctype html>/, '').replace(/<style>.*?<\/style>/s, '');
  const names: string[] = [];
  const open: string[] = [];
  const tag = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g;
  for (const [, closing, name = '', , selfClosing] of body.matchAll(tag)) {
    if (closing) expect(open.pop()).toBe(name);
    else {
      names.push(name);
      if (!selfClosing) open.push(name);
      else expect(VOID).toContain(name);
    }
  }
  expect(open).toEqual([]);
  expect(body.replace(tag, '')).not.toMatch(/[<>]/); // nothing else looks like a tag
  return names;
}

describe('report page', () => {
  it('has every section, well-formed, and needs nothing from elsewhere', async () => {
    const page = await renderReport(
      smallReport(smallStudy('discs', ['rank-1', 'rank-2']), smallStudy('other discs', ['rank-1', 'rank-2'])),
    );
    const names = elementsOf(page);
    const headings = [...page.matchAll(/<h3 id="study-1-[^>]*>(.*?)<\/h3>/g)].map(([, text]) => text);
    expect(headings).toEqual([
      'Images',
      'Figures',
      'Learning',
      'Release and serving',
      'Read with care',
      'Where this comes from',
    ]);
    expect(page).toContain('<a href="#study-2">other discs</a>');
    expect(page).toContain('2026-11-25 12:00 UTC by d-persona 0.1.0');
    // per study: image, experts, personas, disagreement, 2 pairs, 3 samples; 2 + 3 + 4 charts
    expect(page.match(/class="tile"/g)).toHaveLength(2 * 9);
    expect(page.match(/class="chart"/g)).toHaveLength(2 * 9);
    expect(names.filter((name) => name === 'table')).toHaveLength(2 * 4);
    expect(names).not.toContain('script');
    expect(names).not.toContain('link');
    expect([...page.matchAll(/href="(?!#|data:image\/png;base64,)/g)]).toEqual([]);
    expect(page.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:/);
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/(?:aria-labelledby="|href="#)([^"]*)"/g)) expect(ids).toContain(id);
  });

  it('shows verdicts, intervals, N, areas, timings, the release and what quantizing cost', async () => {
    const page = await renderReport(smallReport(smallStudy('discs', ['rank-1', 'rank-2'])));
    expect(page).toContain('The personas beat the consensus U-Net in Dice by identity');
    expect(page).toContain('the personas beat it');
    expect(page).toContain('<th scope="row">D-Persona: samples</th><td>3</td>');
    expect(page).toMatch(/<th scope="row">POST …\/cases<\/th><td>84<\/td><td>20<\/td>/);
    expect(page).toContain('a1'.repeat(32));
    expect(page).toMatch(/Dice lost by it<\/dt><dd>0\.0003</);
    expect(page).toContain('no mask of the expert');
    expect(page).toContain('aria-label="Outlines of 1 expert, areas rank-1: 13 pixels"');
    expect(page).toContain('A short training on a small sample.');
    expect(page).toContain('nearly a dial for size');
    expect(page).toContain('With 3 test patients');
  });

  it('says where there is no release, and draws an image without any mask whole', async () => {
    const study = smallStudy('discs', ['rank-1', 'rank-2']);
    const empty = new Uint8Array(smallCase().disagreement.length);
    const nothing = { ...smallCase(), experts: [null, null], personas: [empty, empty], samples: [empty] };
    const page = await renderReport(
      smallReport({ ...study, release: null, timings: [], curves: [], cases: [nothing] }),
    );
    elementsOf(page);
    expect(page).toContain('No release was published.');
    expect(page).not.toContain('class="frame"');
    expect(page).not.toContain('class="outline"');
  });

  it('escapes whatever text it is given, in charts too', async () => {
    const evil = `<img src=x onerror="alert(1)">'&`;
    const study = smallStudy(evil, [evil, 'b']);
    const page = await renderReport({
      ...smallReport({
        ...study,
        provenance: [{ label: evil, value: evil }],
        cases: [{ ...smallCase(), title: evil }],
        curves: [{ stage: 'stage1', kind: 'train', step: 1, values: { [evil]: 1, b: 2 } }],
        timings: [{ request: evil, milliseconds: 1, requests: 1 }],
        notes: [evil],
      }),
      title: evil,
      summary: evil,
      facts: [{ label: evil, value: evil }],
    });
    expect(elementsOf(page)).not.toContain('img');
    expect(page).toContain('<h1>&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;</h1>');
  });

  it('refuses incomplete data, naming the field', async () => {
    const study = smallStudy('discs', ['rank-1', 'rank-2']);
    const short = { ...smallCase(), disagreement: new Uint8Array(3) };
    const bad = renderReport(smallReport({ ...study, cases: [short] }));
    await expect(bad).rejects.toThrow(InputError);
    await expect(bad).rejects.toThrow(/3 values, not 144\n.*studies\[0\]\.cases\[0\]\.disagreement/);
    const lacking = { ...smallCase(), personas: [] };
    await expect(renderReport(smallReport({ ...study, cases: [lacking] }))).rejects.toThrow(
      'needs a mask of each',
    );
  });

  it('shows whole volumes where images are slices of them', async () => {
    const study = smallStudy('slices', ['ann', 'bob']);
    const estimate = { mean: 0.875, low: 0.8, high: 0.9, images: 3, patients: 3 };
    const volumes = {
      volumes: 3,
      slices: 20,
      blankSlices: 8,
      gedPaper: estimate,
      rows: [{ method: 'd-persona' as const, dicePersona: [estimate, estimate], dicePersonaMean: estimate }],
      comparisons: [],
    };
    const page = await renderReport(smallReport({ ...study, evaluation: { ...study.evaluation, volumes } }));
    expect(page).toContain('over 3 volumes (20 slices, 8 of them without an outline)');
    expect(page).toContain('aria-label="Dice over whole volumes"');
    expect(await renderReport(smallReport(study))).not.toContain('whole volumes');
  });
});
