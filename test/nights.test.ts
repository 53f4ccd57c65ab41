import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../scripts/nights.ts', import.meta.url));

test('the simulation of a hospital, from a core of a few steps to a bad night, tells what became of each', async () => {
  const out = await mkdtemp(join(tmpdir(), 'd-persona-nights-'));
  onTestFinished(() => rm(out, { recursive: true, force: true }));
  const args = [
    '--json',
    '--data',
    'bu-bil',
    '--core-steps',
    '4',
    '--head-steps',
    '4',
    '--nights',
    '1',
    '--cases',
    '14',
  ];
  const { stdout } = await execa(process.execPath, [PROGRAM, ...args, '--out', out]);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({
    nights: [{ cases: 14, readers: [{ reader: 'person2-imagej' }, { reader: 'person5-imagej' }] }],
    ...{ lost_annotations: 0, second_run_changed: false, unseen_images: 19 },
  });
  const [{ decision, reason, dice_before: before, dice_after: after }] = result.nights;
  // A core of four steps knows nothing: whatever is decided, it is said why, and nothing gets worse.
  expect(['promoted', 'kept', 'refused', 'nothing']).toContain(decision);
  expect(reason).not.toBe('');
  expect(after).toBeGreaterThanOrEqual(before - 0.05);
  expect(['refused', 'kept', 'nothing']).toContain(result.bad_night.decision);
  expect(await readFile(join(out, 'bu-bil/nights.svg'), 'utf8')).toContain('Dice on unseen images');
}, 300_000);
