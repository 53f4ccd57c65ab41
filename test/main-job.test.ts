import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { summarySchema } from '../scripts/main-job/summary.ts';

const START = fileURLToPath(new URL('../scripts/start.ts', import.meta.url));

describe('the main job', () => {
  it('goes from the sample to served outlines, a page and a summary (few steps: its figures mean nothing)', async () => {
    const out = await mkdtemp(join(tmpdir(), 'd-persona-main-job-'));
    const settings = ['stage1.steps=4', 'stage1.warmup=1', 'stage2.steps=2', 'checkpointEvery=4'];
    const { exitCode, all } = await execa(
      process.execPath,
      [START, '--out', out, '--port', '0', ...settings.flatMap((setting) => ['--set', setting])],
      { all: true, reject: false, timeout: 500_000 },
    );
    expect(exitCode, all).toBe(0);

    const summary = summarySchema.parse(JSON.parse(await readFile(join(out, 'summary.json'), 'utf8')));
    expect(summary.stage1.steps).toBe(4);
    expect(summary.areas.raters).toEqual([...summary.areas.raters].sort((a, b) => a - b));
    // The Worker and the trainer draw the same from the same int8 release.
    expect(summary.serve.differing_pixels).toBeLessThanOrEqual(0.001);
    const releases = await readdir(join(out, 'store', 'releases'));
    expect(releases).toContain(summary.release.hash);
    const page = await readFile(join(out, 'index.html'), 'utf8');
    expect(page).toContain(summary.release.hash.slice(0, 12));
    expect(all).not.toMatch(/dp_[a-z]/); // no key is printed
  }, 600_000);
});
