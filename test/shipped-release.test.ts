import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@d-persona/shared/client/client.ts';
import { decodeRunLengths } from '@d-persona/shared/mask/run-lengths.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { MODEL_CARD } from '@d-persona/shared/release/manifest.ts';
import { listReleases, loadRelease, partKey } from '@d-persona/shared/release/store.ts';
import { chooseBackend } from '@d-persona/trainer/backend/choose-backend.ts';
import { loadDataset } from '@d-persona/trainer/data/load-dataset.ts';
import { unpackMask } from '@d-persona/trainer/data/mask-bits.ts';
import { evaluateRelease } from '@d-persona/trainer/evaluation/evaluate-release.ts';
import { maskDice } from '@d-persona/trainer/nightly/mask-dice.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { serveShipped } from '../scripts/serve/serve-shipped.ts';

const SHIPPED = fileURLToPath(new URL('../releases/lidc-idri', import.meta.url));
const EXAMPLES = join(SHIPPED, 'examples');
/** Most that runtimes and backends may differ, on the mean over a few images. */
const TOLERANCE = 0.001;

const store = new FolderStore(SHIPPED);
const [hash = ''] = await listReleases(store);
const { manifest } = await loadRelease(store, hash, servingSpecs); // checks every hash
const claimed = manifest.metrics.dice_persona_examples as number;

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('the release that ships with the project', () => {
  beforeAll(async () => {
    await chooseBackend('wasm', 1);
  });

  it('is small, and its card is the one that lies beside it, with licence, intervals and the check', async () => {
    const bytes = Object.values(manifest.parts).reduce((sum, part) => sum + part.bytes, 0);
    expect(bytes).toBeLessThan(8_000_000);
    const { sha256 } = manifest.parts[MODEL_CARD] as { sha256: string };
    const card = await readFile(join(SHIPPED, MODEL_CARD), 'utf8');
    expect(card).toBe(new TextDecoder().decode((await store.get(partKey(sha256, MODEL_CARD))) ?? undefined));
    expect(card).toContain('No medical device');
    expect(card).toContain('| licence | CC BY 3.0 |');
    expect(card).toContain('### By number of raters');
    expect(card).toContain(`**${claimed.toFixed(4)}** on the ${manifest.metrics.examples} test images`);
    expect(card).toContain(`${manifest.metrics.dice_persona_mean?.toFixed(3)} [`);
  });

  it('scores on its examples what its card says', async () => {
    const asked = { split: 'test', samples: 4, bank: 500, resamples: 100 } as const;
    const { rows, images } = await evaluateRelease(SHIPPED, EXAMPLES, asked);
    expect(images).toBe(manifest.metrics.examples);
    expect(Math.abs((rows[0]?.dicePersonaMean.mean ?? 0) - claimed)).toBeLessThan(TOLERANCE);
  });

  it('is served in workerd, and draws there what its card says', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'd-persona-shipped-'));
    await cp(SHIPPED, folder, { recursive: true });
    const { worker, hospital, key } = await serveShipped(folder, 0);
    const dataset = await loadDataset(EXAMPLES, { size: 64 });
    try {
      const client = new Client({ url: worker.url, hospital, key });
      const scores: number[] = [];
      for (const sample of dataset.samples) {
        const image = await readFile(join(EXAMPLES, sample.image));
        const { segmentations } = await client.segmentAll({ image, name: sample.id }, {});
        const { masks } = await dataset.pixels(sample);
        const outside = inner(sample.height, sample.width);
        const own = segmentations.map(({ mask, id }, r) =>
          maskDice(decodeRunLengths(mask, id).data, outside(unpackMask(masks, r))),
        );
        scores.push(mean(own));
      }
      expect(Math.abs(mean(scores) - claimed)).toBeLessThan(TOLERANCE);
    } finally {
      await worker.stop();
      await dataset.close();
      await rm(folder, { recursive: true, force: true });
    }
  }, 120_000);
});

/** A mask without what lies outside the region that the model sees: it is measured on the middle of an image. */
function inner(height: number, width: number): (mask: Uint8Array) => Uint8Array {
  const [h, w] = manifest.input.size;
  const [top, left] = [Math.floor((height - h) / 2), Math.floor((width - w) / 2)];
  return (mask) =>
    mask.map((value, i) => {
      const [y, x] = [Math.floor(i / width) - top, (i % width) - left];
      return y >= 0 && y < h && x >= 0 && x < w ? value : 0;
    });
}
