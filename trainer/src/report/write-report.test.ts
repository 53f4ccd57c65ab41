import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { smallReport, smallStudy } from './report-data.fixtures.ts';
import { writeReport } from './write-report.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('writes the page where it was asked, and keeps the earlier one when the data is bad', async () => {
  const path = join(folder, 'artifacts', 'index.html');
  const data = smallReport(smallStudy('discs', ['rank-1', 'rank-2']));
  await writeReport(data, path);
  const page = await readFile(path, 'utf8');
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(page).toMatch(/<\/html>\n$/);
  await expect(writeReport({ ...data, title: '' }, path)).rejects.toThrow('title');
  expect(await readFile(path, 'utf8')).toBe(page);
  expect(await readdir(join(folder, 'artifacts'))).toEqual(['index.html']);
});
