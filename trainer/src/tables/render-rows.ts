import { formatEstimate, formatNumber } from '../evaluation/format-estimate.ts';
import { renderTable } from '../evaluation/render-table.ts';
import { COLUMNS, metricTitle, type Row } from './summarise.ts';
import type { TableName } from './variants.ts';

/** `0.812 ± 0.004`: mean and standard deviation over seeds. */
function cellText({ mean, deviation }: Row['cells'][string]): string {
  if (mean === null) return '–';
  return deviation === null ? formatNumber(mean) : `${formatNumber(mean)} ± ${formatNumber(deviation)}`;
}

/** A table as Markdown: the values, and for the first column also the paired difference from the first row. */
export function renderRows(table: TableName, rows: readonly Row[]): string {
  const columns = COLUMNS[table];
  const [seeds, images] = [rows[0]?.seeds ?? 0, rows[0]?.images ?? 0];
  const minutes = (seconds: number) => (seconds / 60).toFixed(1);
  const [main] = columns;
  return [
    `${images} test images; mean ± standard deviation over ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}; ` +
      'differences from the first row are paired, with 95 % intervals of a bootstrap over patients.',
    renderTable([
      [
        '',
        'N',
        ...columns.map(metricTitle),
        `${metricTitle(main as 'ged')} minus the first row's`,
        'minutes',
      ],
      ...rows.map(({ title, n, cells, trainedSeconds }) => {
        const difference = cells[main as string]?.difference ?? null;
        return [
          title,
          String(n),
          ...columns.map((column) => cellText(cells[column] as Row['cells'][string])),
          difference === null ? '' : formatEstimate(difference, { digits: 4, signed: true }),
          minutes(trainedSeconds),
        ];
      }),
    ]),
  ].join('\n\n');
}
