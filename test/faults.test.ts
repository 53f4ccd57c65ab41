import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../scripts/check-faults.ts', import.meta.url));

test('a night that is killed while it pulls or promotes, run again, ends as one that was not', async () => {
  const args = [PROGRAM, '--json', '--kills', '1', '--after', 'start,published'];
  const { stdout } = await execa(process.execPath, args);
  expect(JSON.parse(stdout)).toMatchObject({
    undisturbed: { decision: 'promoted', annotations: 33, promotions: 1 },
    kills: [{ killed: true }, { killed: true }],
    ...{ different: 0, lost_annotations: 0, doubled_promotions: 0 },
  });
}, 300_000);
