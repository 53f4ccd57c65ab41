import { formatEstimate, formatPercent } from './format-estimate.ts';
import {
  type Evaluation,
  METHOD_TITLES,
  type MethodRow,
  type SetMetrics,
  type VolumeTable,
} from './table.ts';

/** The evaluation as Markdown whose columns align in a terminal too. */
export function renderEvaluation(evaluation: Evaluation): string {
  return [
    protocolLine(evaluation),
    '## Personas: Dice with their own rater (by identity)',
    renderTable(personaCells(evaluation)),
    evaluation.comparisons.map(({ sentence }) => `- ${sentence}`).join('\n'),
    '## Predictions as a set',
    renderTable(setCells(evaluation)),
    '## Mean areas in pixels',
    renderTable(areaCells(evaluation)),
    ...(evaluation.volumes === null
      ? []
      : [`## ${volumesTitle(evaluation.volumes)}`, renderTable(volumeCells(evaluation, evaluation.volumes))]),
  ].join('\n\n');
}

/** What was measured on what: goes with the figures wherever they are shown. */
export function protocolLine({ protocol, images, patients, imagesWithoutRater }: Evaluation): string {
  const [height, width] = protocol.size;
  const kind = protocol.personaKind === 'rank' ? 'ranks by area (anonymous raters)' : 'named people';
  const left =
    imagesWithoutRater === 0 ? '' : ` ${imagesWithoutRater} more images have no rater and are left out.`;
  return (
    `${protocol.dataset}, ${protocol.split} split by patient: ${images} images of ${patients} patients, ` +
    `${height} × ${width} pixels; personas are ${kind}.${left} ` +
    'In brackets: 95 % interval, bootstrap over patients.'
  );
}

/** One row a method: mean, then each persona. The first row holds the headings. */
export function personaCells({ personas, rows }: Evaluation): string[][] {
  return [
    ['method', 'mean', ...personas],
    ...rows.map((row) => [
      METHOD_TITLES[row.method],
      formatEstimate(row.dicePersonaMean),
      ...row.dicePersona.map((estimate) => formatEstimate(estimate)),
    ]),
  ];
}

/** One row a set of predictions, with its N: a method's samples, and its answers to the personas. */
export function setCells({ rows, raters }: Evaluation): string[][] {
  const sets = rows.flatMap((row): [string, SetMetrics][] => [
    ...(row.samples === null
      ? []
      : [[`${METHOD_TITLES[row.method]}, samples`, row.samples] as [string, SetMetrics]]),
    [`${METHOD_TITLES[row.method]}, ${row.method === 'd-persona' ? 'personas' : 'answers'}`, row.answers],
  ]);
  return [
    [
      'predictions',
      'N',
      'GED',
      'GED without i = j',
      `diversity (raters ${formatEstimate({ ...raters.diversity, low: null })})`,
      'Dice_soft',
      'Dice_max (best rater)',
      'Dice_max (best prediction)',
      'Dice_match',
    ],
    ...sets.map(([title, set]) => [
      title,
      String(set.n),
      formatEstimate(set.gedPaper),
      formatEstimate(set.gedUnbiased),
      formatEstimate(set.diversity),
      formatEstimate(set.diceSoft),
      formatEstimate(set.diceMaxOfPredictions),
      formatEstimate(set.diceMaxOfRaters),
      formatEstimate(set.diceMatch),
    ]),
  ];
}

/** The raters' mean areas and each method's; of ranks also how often a method's areas rise from first to last. */
export function areaCells({ personas, protocol, raters, rows }: Evaluation): string[][] {
  const ranks = protocol.personaKind === 'rank';
  const cells = (
    title: string,
    { areas, areasRising }: Pick<MethodRow, 'areas' | 'areasRising'>,
  ): string[] => [
    title,
    ...areas.map((area) => formatEstimate(area, { digits: 0 })),
    ...(ranks ? [formatPercent(areasRising)] : []),
  ];
  return [
    ['', ...personas, ...(ranks ? ['rising'] : [])],
    cells('raters', raters),
    ...rows.map((row) => cells(METHOD_TITLES[row.method], row)),
  ];
}

/** What was measured as a whole. */
export function volumesTitle({ volumes, slices, blankSlices, gedPaper }: VolumeTable): string {
  return (
    `Whole volumes: Dice of a persona with its own rater over ${volumes} volumes ` +
    `(${slices} slices, ${blankSlices} of them without an outline); GED ${formatEstimate(gedPaper)}`
  );
}

/** One row a method: mean, each persona, and D-Persona's lead. */
export function volumeCells({ personas }: Evaluation, { rows, comparisons }: VolumeTable): string[][] {
  return [
    ['method', 'mean', ...personas, "D-Persona's lead"],
    ...rows.map(({ method, dicePersona, dicePersonaMean }) => {
      const lead = comparisons.find(({ baseline }) => baseline === method);
      return [
        METHOD_TITLES[method],
        formatEstimate(dicePersonaMean),
        ...dicePersona.map((estimate) => formatEstimate(estimate)),
        lead === undefined ? '' : formatEstimate(lead.difference),
      ];
    }),
  ];
}

/** A Markdown table; a first column of words to the left, columns of figures to the right. */
export function renderTable([head = [], ...body]: string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body].map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...body.map(line)].join('\n');
}
