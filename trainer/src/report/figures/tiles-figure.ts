import { toBase64 } from '@d-persona/shared/mask/base64.ts';
import { maskContour } from '@d-persona/shared/mask/contour.ts';
import type { TopLevelSpec } from 'vega-lite';
import type { ImageWindow } from '../window-of-interest.ts';

/** An outline on a picture. */
export interface TileOutline {
  /** Of the legend. */
  readonly who: string;
  /** H·W. */
  readonly mask: Uint8Array;
  /** Drawn white and dashed, above the others. */
  readonly dashed?: boolean;
  /** Pixels of the figure. */
  readonly stroke?: number;
}

/** A picture of a figure that is a table of pictures. */
export interface FigureTile {
  readonly row: string;
  readonly column: string;
  /** PNG of the window. */
  readonly png: Uint8Array;
  readonly window: ImageWindow;
  readonly width: number;
  readonly height: number;
  readonly outlines: readonly TileOutline[];
  /** Written in a corner. */
  readonly note?: string;
}

/** Whose outline has which colour. */
export interface TileColours {
  readonly names: readonly string[];
  readonly colours: readonly string[];
}

const SIDE = 132;

const UNIT: number[] = [0, 1];

const PLACE = {
  x: { field: 'x', type: 'quantitative', scale: { domain: UNIT, nice: false }, axis: null },
  y: { field: 'y', type: 'quantitative', scale: { domain: UNIT, nice: false, reverse: true }, axis: null },
} as const;

const RINGS = {
  detail: { field: 'ring', type: 'nominal' },
  order: { field: 'order', type: 'quantitative' },
} as const;

const DASHES: number[] = [4, 3];

const LINE = { type: 'line', strokeJoin: 'round', clip: true } as const;

const NOTE = {
  type: 'text',
  align: 'left',
  baseline: 'bottom',
  dx: 5,
  dy: -4,
  fontSize: 12,
  fontWeight: 500,
} as const;

/** Pictures in rows and columns with outlines that stay sharp at every size. */
export function tilesFigure(tiles: readonly FigureTile[], { names, colours }: TileColours): TopLevelSpec {
  const columns = [...new Set(tiles.map(({ column }) => column))];
  const rows = [...new Set(tiles.map(({ row }) => row))];
  return {
    data: { values: tiles.flatMap((tile, i) => valuesOf(tile, i)) },
    facet: {
      row: {
        field: 'row',
        type: 'nominal',
        sort: rows,
        title: null,
        header: { labelAngle: -90, labelPadding: 4 },
      },
      column: { field: 'column', type: 'nominal', sort: columns, title: null, header: { labelPadding: 4 } },
    },
    spacing: 5,
    spec: {
      width: SIDE,
      height: SIDE,
      layer: [
        {
          transform: only('image'),
          mark: { type: 'image', width: SIDE, height: SIDE, aspect: false },
          encoding: { ...PLACE, url: { field: 'url', type: 'nominal' } },
        },
        {
          transform: only('outline'),
          mark: { ...LINE },
          encoding: {
            ...PLACE,
            ...RINGS,
            strokeWidth: { field: 'stroke', type: 'quantitative', scale: null },
            color: {
              field: 'who',
              type: 'nominal',
              scale: { domain: [...names], range: [...colours] },
              legend: {
                orient: 'bottom',
                title: null,
                symbolType: 'stroke',
                symbolSize: 250,
                labelLimit: 0,
                columns: 8,
              },
            },
          },
        },
        {
          transform: only('dashed'),
          mark: { ...LINE, color: 'black', strokeWidth: 2.6, opacity: 0.45 },
          encoding: { ...PLACE, ...RINGS },
        },
        {
          transform: only('dashed'),
          mark: { ...LINE, color: 'white', strokeWidth: 1.4, strokeDash: DASHES },
          encoding: { ...PLACE, ...RINGS },
        },
        {
          transform: only('note'),
          mark: { ...NOTE, color: 'black', stroke: 'black', strokeWidth: 3, opacity: 0.6 },
          encoding: { ...PLACE, text: { field: 'note', type: 'nominal' } },
        },
        {
          transform: only('note'),
          mark: { ...NOTE, color: 'white' },
          encoding: { ...PLACE, text: { field: 'note', type: 'nominal' } },
        },
      ],
    },
  };
}

const only = (kind: string) => [{ filter: `datum.kind === '${kind}'` }];

function valuesOf(
  { row, column, png, window, width, height, outlines, note }: FigureTile,
  tile: number,
): object[] {
  const { left, top, side } = window;
  const at = { row, column };
  return [
    { ...at, kind: 'image', x: 0.5, y: 0.5, url: `data:image/png;base64,${toBase64(png)}` },
    ...outlines.flatMap(({ who, mask, dashed, stroke }, outline) =>
      maskContour({ height, width, data: mask })
        .flat()
        .flatMap((ring, r) =>
          [...ring, ring[0] as (typeof ring)[number]].map(([x, y], order) => ({
            ...at,
            kind: dashed ? 'dashed' : 'outline',
            who,
            stroke: stroke ?? 1.8,
            ring: `${tile}/${outline}/${r}`,
            order,
            x: (x - left) / side,
            y: (y - top) / side,
          })),
        ),
    ),
    ...(note === undefined ? [] : [{ ...at, kind: 'note', note, x: 0, y: 1 }]),
  ];
}
