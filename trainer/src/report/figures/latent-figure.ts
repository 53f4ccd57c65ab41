import type { TopLevelSpec } from 'vega-lite';
import { personaColour } from '../persona-colours.ts';
import type { FigureData } from './figure-data.ts';

/** The prior bank and the personas' prompts of some images, each in the plane of its own two principal components. */
export function latentFigure({ personas, latent }: FigureData): TopLevelSpec {
  const colours = { domain: [...personas], range: personas.map((_, r) => personaColour(r)) };
  return {
    resolve: { scale: { color: 'independent' } },
    hconcat: latent.map(({ title, bank, prompts, explained: [first, second] }, i) => {
      const share = (part: number) => `${Math.round(100 * part)} %`;
      const values = [
        ...bank.map(([x, y]) => ({ x, y, kind: 'bank' })),
        ...prompts.map(([x, y], r) => ({ x, y, kind: 'prompt', persona: personas[r] })),
      ];
      const axis = { tickCount: 5, labelFlush: false };
      const scale = { padding: 12, zero: false };
      return {
        title: `${title}`,
        width: 230,
        height: 230,
        data: { values },
        encoding: {
          x: {
            field: 'x',
            type: 'quantitative',
            title: `first component (${share(first)} of variance)`,
            axis,
            scale,
          },
          y: { field: 'y', type: 'quantitative', title: `second component (${share(second)})`, axis, scale },
        },
        layer: [
          {
            transform: [{ filter: "datum.kind === 'bank'" }],
            mark: { type: 'point', filled: true, size: 14, opacity: 0.3, color: 'var(--series-5)' },
          },
          {
            transform: [{ filter: "datum.kind === 'prompt'" }],
            mark: {
              type: 'point',
              filled: true,
              size: 150,
              opacity: 1,
              stroke: 'currentColor',
              strokeWidth: 1,
            },
            encoding: {
              color: {
                field: 'persona',
                type: 'nominal',
                sort: null,
                scale: colours,
                legend:
                  i === latent.length - 1
                    ? { title: 'prompt of', symbolStrokeWidth: 1, symbolSize: 120, labelLimit: 0 }
                    : null,
              },
            },
          },
        ],
      };
    }),
  };
}
