import { formatEstimate, formatNumber } from '../evaluation/format-estimate.ts';
import { renderTable } from '../evaluation/render-table.ts';
import { COLUMNS, COMPARED, type MetricName, metricTitle, type Row } from './summarise.ts';
import type { TableName } from './variants.ts';

/** `0.812 ± 0.004`: mean and standard deviation over seeds. */
function cellText({ mean, deviation }: Row['cells'][string]): string {
  if (mean === null) return '–';
  return deviation === null ? formatNumber(mean) : `${formatNumber(mean)} ± ${formatNumber(deviation)}`;
}

/** A table as Markdown: the values, and of some columns also the paired difference from one row. */
export function renderRows(table: TableName, rows: readonly Row[]): string {
  const [columns, compared] = [COLUMNS[table], COMPARED[table]];
  const [seeds, images] = [rows[0]?.seeds ?? 0, rows[0]?.images ?? 0];
  const minutes = (seconds: number) => (seconds / 60).toFixed(1);
  const reference = rows.find(({ cells }) => cells[compared[0] as MetricName]?.difference === null);
  const differenceText = ({ cells }: Row, column: MetricName) => {
    const difference = cells[column]?.difference ?? null;
    return difference === null ? '' : formatEstimate(difference, { digits: 4, signed: true });
  };
  return [
    `${images} test images; mean ± standard deviation over ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}; ` +
      `differences from "${reference?.title}" are paired, with 95 % intervals of a bootstrap over patients.`,
    renderTable([
      ['', 'N', ...columns.map(metricTitle), ...compared.map((name) => `Δ ${metricTitle(name)}`), 'minutes'],
      ...rows.map((row) => [
        row.title,
        String(row.n),
        ...columns.map((column) => cellText(row.cells[column] as Row['cells'][string])),
        ...compared.map((column) => differenceText(row, column)),
        minutes(row.trainedSeconds),
      ]),
    ]),
  ].join('\n\n');
}
