import { type Architecture, residualSizes } from '@d-persona/shared/model/architecture.ts';
import type { Persona, ReleaseDescription } from '@d-persona/shared/release/manifest.ts';
import { formatEstimate } from '../evaluation/format-estimate.ts';
import { renderEvaluation, renderTable } from '../evaluation/render-table.ts';
import type { Evaluation, Stratum } from '../evaluation/table.ts';

const STRATA: Readonly<Record<Stratum['by'], string>> = {
  area: 'By size of what is outlined',
  raters: 'By number of raters',
  disagreement: 'By how far the raters are apart',
};

/** Figures that a card tells beside the evaluation on the test patients. */
export interface CardExtras {
  /** Evaluation on images that some raters left out too, of patients that nothing was trained or chosen on. */
  readonly anyRaters?: Evaluation | undefined;
  /** Whether all raters outlined every image that it was trained on. */
  readonly complete?: boolean | undefined;
  /** Dice of the stored weights on the images that are shipped beside the release. */
  readonly examples?: { readonly images: number; readonly dice: number } | undefined;
}

/** Channels of each level of the backbone, finest first. */
function backboneWidths(architecture: Architecture): number[] {
  return architecture.backbone === 'unet' ? architecture.widths : residualSizes(architecture).widths;
}

/** Where the model fails: Dice and GED on parts of the test images, the worst part named. */
function failures({ strata: ofTest, rows }: Evaluation, { anyRaters, complete }: CardExtras): string[] {
  if (ofTest.length === 0) return ['Not measured.'];
  const byRaters = anyRaters?.strata.filter(({ by }) => by === 'raters') ?? [];
  const strata = [...ofTest.filter(({ by }) => by !== 'raters' || byRaters.length === 0), ...byRaters];
  const tables = (Object.keys(STRATA) as Stratum['by'][]).flatMap((by) => {
    const rows = strata.filter((stratum) => stratum.by === by);
    if (rows.length === 0) return [];
    const cells = rows.map(({ title, dicePersonaMean, gedPaper }) => [
      title,
      String(dicePersonaMean.images),
      formatEstimate(dicePersonaMean),
      formatEstimate(gedPaper),
    ]);
    return [`### ${STRATA[by]}`, renderTable([['', 'images', 'Dice by identity', 'GED'], ...cells])];
  });
  const worst = strata.reduce((a, b) =>
    (b.dicePersonaMean.mean ?? 1) < (a.dicePersonaMean.mean ?? 1) ? b : a,
  );
  const ways = rows[0]?.dicePersona ?? [];
  const spread = ways.map(({ mean }) => mean).filter((mean) => mean !== null);
  return [
    `It does worst where: ${worst.title} (Dice ${formatEstimate(worst.dicePersonaMean)}).`,
    ...(spread.length > 1
      ? [
          `Between personas the mean Dice goes from ${Math.min(...spread).toFixed(3)} to ${Math.max(...spread).toFixed(3)}.`,
        ]
      : []),
    ...tables,
    raterNote(byRaters.length > 0 ? anyRaters : undefined, strata),
    ...(complete ? ['It was trained on images that all raters outlined, and on no others.'] : []),
  ];
}

function raterNote(anyRaters: Evaluation | undefined, strata: readonly Stratum[]): string {
  if (anyRaters !== undefined)
    return `The table by number of raters is of ${anyRaters.images} images of ${anyRaters.patients} patients on whom nothing was trained or chosen, images that some raters did not outline among them; a missing rater counts nowhere. With one rater, GED has no distance between raters in it.`;
  return strata.some(({ by }) => by === 'raters')
    ? 'A missing rater counts nowhere.'
    : 'All test images have the same number of raters: what it does with other numbers is not known.';
}

/** A figure that whoever receives the release can check in a minute. */
function exampleSection({ examples }: CardExtras): string[] {
  if (examples === undefined) return [];
  return [
    '## To check it',
    `The stored weights score a mean Dice by identity of **${examples.dice.toFixed(4)}** on the ${examples.images} test images that are shipped beside this release (with the bank that the API takes by default). They are too few to tell how good it is: another figure says that something is broken.`,
  ];
}

/** A persona's kind, as a reader has to understand it. */
function kindSentence({ protocol }: Evaluation): string {
  return protocol.personaKind === 'rank'
    ? 'Personas are **ranks by area**: "rank 1" is the smallest outline of an image, whoever drew it. The readers are anonymous and change from case to case; a rank is nearly a dial for size.'
    : 'Personas are **people**: each learnt the outlines of one reader.';
}

/**
 * `MODEL_CARD.md` of a release (Mitchell et al., Model Cards for Model Reporting, 2019): what it was trained on, how
 * well it does with intervals, where it fails, and what it is not for. Follows from manifest and evaluation alone.
 */
export function modelCard(
  description: ReleaseDescription,
  evaluation: Evaluation,
  extras: CardExtras = {},
): string {
  const { training, input, architecture, personas, quantization, provenance, software } = description;
  const [height, width] = input.size;
  const spacing = input.spacing === null ? 'not stated' : `${input.spacing.join(' × ')} mm a pixel`;
  const figures = (before: number, after: number) => `${before.toFixed(4)} → ${after.toFixed(4)}`;
  return `${[
    `# Model card: D-Persona on ${training.dataset}`,
    '**No medical device.** Research software: not cleared by any authority, not to be used for diagnosis, treatment or any decision about a patient.',
    `## Intended use

Research on how experts differ when they outline the same thing: it shows ${personas.length} personas' outlines, diverse samples, and where they disagree, for a person to look at. It is not meant for images of another modality, organ, population or scanner than those below, and it says nothing about whether there is a lesion: it expects one in the image.`,
    `## Data

| | |
|---|---|
| dataset | ${training.dataset} |
| licence | ${training.licence} |
| attribution | ${training.attribution.replaceAll('\n', ' ')} |
| trained on | ${training.images} images of ${training.patients} patients |
| tested on | ${evaluation.images} images of ${evaluation.patients} other patients |
| raters | ${personas.map(({ title }) => title).join(', ')} |
| modality | ${input.modality ?? 'not stated'} |
| input | ${height} × ${width} × ${input.channels}, ${spacing}, ${input.frame === 'whole' ? 'whole image resampled' : 'part of the image'} |
| SHA-256 of the data | ${training.sourceSha256} |

${kindSentence(evaluation)} Age, sex, scanner and hospital of the patients are not in the data that it was trained on, so differences between such groups were not measured.`,
    `## Training

${architecture.backbone} of ${backboneWidths(architecture).join(', ')} channels, latent size ${architecture.latent}; preset ${training.preset}, ${training.steps.stage1} + ${training.steps.stage2} steps, seed ${training.seed}, split seed ${training.splitSeed}. Stored as ${quantization.kind}: Dice ${figures(quantization.diceBefore, quantization.diceAfter)}, GED ${figures(quantization.gedBefore, quantization.gedAfter)}. ${software.name} ${software.version}, commit ${provenance.commit ?? 'not known'}, ${provenance.created}.`,
    '## Metrics',
    'Of the weights as trained, before they were stored in fewer bits. One training with one seed: the intervals tell what the choice of test patients explains, not how another training would come out.',
    renderEvaluation(evaluation).replaceAll(/^## /gm, '### '),
    '## Known failures',
    ...failures(evaluation, extras),
    'Every image that it was trained and tested on shows something that somebody outlined. What it draws where there is nothing was not measured, and it has no notion of an image that it should refuse.',
    ...exampleSection(extras),
  ].join('\n\n')}\n`;
}

const LATER = '## Heads added or trained anew after the core';

/**
 * A card with what is known of personas that were added to its core, or trained anew on it; a row of an earlier change
 * stays unless that persona is told of again.
 */
export function cardWithHeads(card: string, personas: readonly Persona[]): string {
  const [before = '', later = ''] = card.split(`${LATER}\n`);
  const again = new Set(personas.map(({ id }) => id));
  const kept = later
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([id]) => !again.has(id ?? ''));
  const rows = personas.map(({ id, metrics }) => {
    const { dice_persona: dice, trained_on: cases } = metrics;
    return [id, String(cases ?? 'not stated'), dice?.toFixed(3) ?? 'not stated'];
  });
  return `${before.trimEnd()}

${LATER}

The tables above are of the release that the core was published with, and do not hold for these.

${renderTable([['persona', 'cases', 'Dice on held-out patients'], ...kept, ...rows])}
`;
}
