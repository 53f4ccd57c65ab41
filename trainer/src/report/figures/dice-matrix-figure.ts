import type { TopLevelSpec } from 'vega-lite';
import type { FigureData } from './figure-data.ts';

const CELL = 64;

/** Each persona's Dice with each expert (Figure 3 of the paper): personal where the diagonal is the darkest. */
export function diceMatrixFigure({ personas, diceMatrix }: FigureData): TopLevelSpec {
  const values = diceMatrix.flatMap((row, r) =>
    row.flatMap((dice, c) =>
      dice === null ? [] : [{ persona: personas[r], expert: personas[c], dice, own: r === c }],
    ),
  );
  const all = values.map(({ dice }) => dice);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const middle = low + 0.6 * (high - low);
  const axis = { labelLimit: 0, grid: false, domain: false, ticks: false } as const;
  return {
    data: { values },
    width: { step: CELL },
    height: { step: CELL },
    encoding: {
      x: {
        field: 'expert',
        type: 'nominal',
        sort: null,
        title: 'outlined by the expert',
        axis: { ...axis, labelAngle: -30, orient: 'bottom' },
      },
      y: { field: 'persona', type: 'nominal', sort: null, title: 'answered by the persona', axis },
    },
    layer: [
      {
        mark: { type: 'rect' },
        encoding: {
          color: {
            field: 'dice',
            type: 'quantitative',
            scale: { scheme: 'blues', domain: [low - 0.2 * (high - low), high] },
            legend: null,
          },
        },
      },
      {
        transform: [{ filter: 'datum.own' }],
        mark: { type: 'rect', fill: null, stroke: 'currentColor', strokeWidth: 2 },
      },
      {
        mark: { type: 'text', fontSize: 14 },
        encoding: {
          text: { field: 'dice', type: 'quantitative', format: '.3f' },
          color: { condition: { test: `datum.dice > ${middle}`, value: 'white' }, value: '#1a1a1a' },
        },
      },
    ],
  };
}
