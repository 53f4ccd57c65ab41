import { encodeRelease } from '@d-persona/shared/release/encode-release.ts';
import { description, MemoryStore, SPECS, someWeights } from '@d-persona/shared/release/release.fixtures.ts';
import { loadRelease, partKey, publishRelease } from '@d-persona/shared/release/store.ts';
import { describe, expect, it } from 'vitest';
import { smallStudy } from '../report/report-data.fixtures.ts';
import { cardWithHeads, modelCard } from './model-card.ts';

const { evaluation } = smallStudy('nodules', ['rank-1', 'rank-2']);
const card = modelCard(description(), evaluation);
const persona = (id: string, dice: number) => ({
  id,
  title: id,
  kind: 'person' as const,
  metrics: { dice_persona: dice, trained_on: 12 },
});

describe('modelCard', () => {
  it('tells data, licence, patients, raters, metrics with intervals, failures, use, and that it is no device', () => {
    for (const told of [
      '**No medical device.**',
      '## Intended use',
      '| licence | CC BY 3.0 |',
      '| trained on | 400 images of 100 patients |',
      '| tested on | 6 images of 3 other patients |',
      'Persona rank-1, Persona rank-2',
      '### By size of what is outlined',
      '### By how far the raters are apart',
      'int8: Dice 0.8300 → 0.8290',
      'All test images have the same number of raters',
    ]) {
      expect(card).toContain(told);
    }
    // Mean Dice of the personas, with its interval, as the evaluation has it.
    const own = evaluation.rows[0]?.dicePersonaMean;
    expect(card).toContain(`${own?.mean?.toFixed(3)} [${own?.low?.toFixed(3)}, ${own?.high?.toFixed(3)}]`);
  });

  it('tells failures by number of raters of another evaluation, and the check on what is shipped', () => {
    const own = evaluation.rows[0]?.dicePersonaMean as NonNullable<
      (typeof evaluation.rows)[0]
    >['dicePersonaMean'];
    const few = { ...own, mean: 0.11, low: 0.1, high: 0.12, images: 7 };
    const byRaters = { by: 'raters', title: '1 rater', dicePersonaMean: few, gedPaper: own } as const;
    const more = modelCard(description(), evaluation, {
      anyRaters: { ...evaluation, images: 70, patients: 30, strata: [byRaters] },
      ...{ complete: true, examples: { images: 12, dice: 0.81234 } },
    });
    expect(more).toContain('It does worst where: 1 rater (Dice 0.110 [0.100, 0.120])');
    expect(more).toMatch(/### By number of raters\n\n(.*\n)*\| 1 rater +\| +7 \| 0\.110 \[0\.100, 0\.120\]/);
    expect(more).toContain('of 70 images of 30 patients');
    expect(more).toContain('on images that all raters outlined, and on no others');
    expect(more).toContain('**0.8123** on the 12 test images');
    expect(card).not.toContain('## To check it');
  });

  it('says that nothing is known of failures, where an evaluation of an earlier version has no strata', () => {
    expect(modelCard(description(), { ...evaluation, strata: [] })).toContain(
      '## Known failures\n\nNot measured.',
    );
  });
});

describe('cardWithHeads', () => {
  it('keeps what was told before, and replaces what is told again', () => {
    const first = cardWithHeads(card, [persona('dr-lee', 0.81), persona('dr-kim', 0.7)]);
    expect(first.startsWith(card.trimEnd())).toBe(true);
    const second = cardWithHeads(first, [persona('dr-lee', 0.83)]);
    const rows = second.split('\n').filter((line) => /^\| dr-/.test(line));
    expect(rows.map((row) => row.split('|').map((cell) => cell.trim()))).toEqual([
      ['', 'dr-kim', '12', '0.700', ''],
      ['', 'dr-lee', '12', '0.830', ''],
    ]);
    expect(second.match(/## Heads added/g)).toHaveLength(1);
  });
});

describe('a release with a card', () => {
  it('names it with its hash, stores it, and is refused when the card was altered', async () => {
    const store = new MemoryStore();
    const release = await encodeRelease(someWeights(), SPECS, description(), card);
    await publishRelease(store, release);
    const { sha256, bytes } = release.manifest.parts['MODEL_CARD.md'] as { sha256: string; bytes: number };
    const key = partKey(sha256, 'MODEL_CARD.md');
    expect(new TextDecoder().decode(store.files.get(key))).toBe(card);
    expect(bytes).toBe(new TextEncoder().encode(card).length);
    expect((await loadRelease(store, release.hash, () => SPECS)).weights.size).toBe(SPECS.length);
    store.files.set(key, new TextEncoder().encode(card.replace('No medical', 'A medical')));
    await expect(loadRelease(store, release.hash, () => SPECS)).rejects.toMatchObject({
      code: 'release-truncated',
    });
  });
});
